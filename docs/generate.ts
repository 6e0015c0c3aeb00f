// `npm run docs`: writes the generated parts of docs/*.md anew from the code that they describe.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { documents } from "./generator/documents.ts";

const root = dirname(import.meta.dirname);
for (const { path, now, wanted } of await documents(root)) {
  if (wanted !== now) writeFileSync(join(root, path), wanted);
  console.log(`${path}: ${wanted === now ? "unchanged" : "written"}`);
}
