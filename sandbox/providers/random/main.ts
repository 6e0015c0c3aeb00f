import { serve } from "../server.ts";
import { Typings } from "../typings/store.ts";
import { randomProvider } from "./provider.ts";

await serve(randomProvider(new Typings("@pulumi/random")));
