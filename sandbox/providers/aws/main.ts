import { serve } from "../server.ts";
import { Typings } from "../typings/store.ts";
import { Ledger } from "./ledger.ts";
import { awsProvider } from "./provider.ts";

await serve(awsProvider(new Typings("@pulumi/aws"), new Ledger()));
