// Programs that real nodes start on the machine itself: nft and runc, of Debian packages, in the cache and not installed.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Debian, withCurrentPackages } from "./debian.ts";
import { inTurn } from "./turns.ts";

const request = { packages: ["nftables", "runc"] };

/**
 * Unpacks nft and runc with the libraries that they need.
 * @param cache Folder of images and packages.
 * @returns the folder that both are in
 */
export function hostPrograms(cache: string, say: (line: string) => void = () => undefined): Promise<string> {
  return withCurrentPackages(() => unpackPrograms(cache, say));
}

async function unpackPrograms(cache: string, say: (line: string) => void): Promise<string> {
  const debian = new Debian(cache, say);
  const packages = await debian.resolve(request);
  const digest = createHash("sha256")
    .update(JSON.stringify([packages, script("")]))
    .digest("hex");
  const folder = join(cache, `programs-${digest.slice(0, 12)}`);
  await inTurn(join(cache, "programs.lock"), say, async () => {
    if (existsSync(folder)) return;
    const draft = `${folder}.draft`;
    await rm(draft, { recursive: true, force: true });
    await debian.unpack(request, packages, join(draft, "root"));
    await mkdir(join(draft, "bin"));
    await mkdir(join(draft, "libraries"));
    for (const library of await libraries(join(draft, "root"))) {
      await rename(library, join(draft, "libraries", library.split("/").at(-1)!));
    }
    for (const program of ["nft", "runc"]) {
      await rename(join(draft, "root/usr/sbin", program), join(draft, "libraries", program));
      await writeFile(join(draft, "bin", program), script(program), { mode: 0o755 });
    }
    await rm(join(draft, "root"), { recursive: true });
    await rename(draft, folder);
  });
  return join(folder, "bin");
}

/**
 * The C library and its loader stay the machine's, as one does not work with another release of the other. And runc starts
 * itself again by /proc/self/exe, which would be the loader if that were told to load it.
 */
const script = (program: string) =>
  `#!/bin/sh
here=\${0%/*}/../libraries
LD_LIBRARY_PATH="$here\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/${program}" "$@"
`;

const cLibrary =
  /^(ld-linux|lib(c|m|mvec|dl|rt|pthread|resolv|util|anl|nsl|nss_\w+|thread_db|memusage|pcprofile|c_malloc_debug|BrokenLocale|gcc_s)\.so)/;

async function libraries(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["lib", "usr/lib"]) {
    const triplet = (await readdir(join(root, folder)).catch(() => [])).find((name) => name.endsWith("-linux-gnu"));
    if (!triplet) continue;
    const path = join(root, folder, triplet);
    const files = (await readdir(path)).filter((name) => /\.so(\.|$)/.test(name) && !cLibrary.test(name));
    found.push(...files.map((name) => join(path, name)));
  }
  return found;
}
