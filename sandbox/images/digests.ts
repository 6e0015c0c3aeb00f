import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { rename, stat, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { readIfPresent } from "../files.ts";

/** SHA-256 of a file, in hexadecimal. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/**
 * Digests of large files that are asked for at every start: a file is read again only when its size, time of change or
 * inode is another than when it was last read.
 */
export class Digests {
  readonly #memory: string;
  #known: Record<string, string> | undefined;

  /** @param memory File that keeps them. */
  constructor(memory: string) {
    this.#memory = memory;
  }

  async of(path: string): Promise<string> {
    this.#known ??= JSON.parse((await readIfPresent(this.#memory)) ?? "{}") as Record<string, string>;
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    const state = [path, dev, ino, size, mtimeNs, ctimeNs].join(" ");
    const known = this.#known[state];
    if (known !== undefined) return known;
    const digest = await fileDigest(path);
    // One entry a file: what it was before is of no more use.
    const others = Object.entries(this.#known).filter(([key]) => !key.startsWith(`${path} `));
    this.#known = Object.fromEntries([...others, [state, digest]]);
    // Of two that write at the same time the later one wins; what it does not know is read again at another time.
    const draft = `${this.#memory}.${randomUUID()}.draft`;
    await writeFile(draft, JSON.stringify(this.#known), { mode: 0o600 });
    await rename(draft, this.#memory);
    return digest;
  }
}
