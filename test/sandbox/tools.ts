import { obtainTools } from "../../sandbox/obtain-tools.ts";
import { testPlace } from "../cluster.ts";

const found = await obtainTools(testPlace.dir, console.log);

/** Absolute path of a binary that the sandbox is made of. */
export const tools = (name: string): string => found.get(name)!.path;
