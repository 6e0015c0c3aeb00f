// The entry is plain JavaScript: Pulumi's loader would give a .ts file to ts-node, which checks its types at every start.
import { enableCompileCache, flushCompileCache } from "node:module";

// Start-up is felt in every preview, so what Node has compiled once is kept. Written at once: the engine ends a pack by a
// signal, which leaves no time for it. What is to be kept must be loaded after the cache is on, so not by a static import.
enableCompileCache();
void import("./pack.ts").then(() => flushCompileCache());
