// The images as archives in the cache, by content: made once, of recipes, packages and binaries.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writePrivate } from "../files.ts";
import { withLock } from "../lock.ts";
import { toolCache } from "../tools.ts";
import { writeImage } from "./archive.ts";
import { Debian } from "./debian.ts";
import { recipes, recipeUser, type Recipe } from "./recipes.ts";

/** Images, packages and programs of the host: beside the built tools. */
export const imageCache = (env = process.env): string => join(dirname(toolCache(env)), "images");

export interface BuiltImage {
  name: string;
  references: string[];
  /** The archive, in the OCI layout. */
  archive: string;
  /** Digest of the manifest, `sha256:...`. */
  digest: string;
  bytes: number;
}

export interface ImageOptions {
  /** Absolute path of a built tool. */
  tools: (name: string) => string;
  progress?: (line: string) => void;
  cache?: string;
}

/** What no program reads. */
const pruned = ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/lintian", "var/cache"];

/**
 * The archives of the named recipes; those that are not in the cache are made.
 * @throws UserError when packages are not to be had
 */
export async function obtainImages(names: readonly string[], options: ImageOptions): Promise<BuiltImage[]> {
  const { cache = imageCache(), progress = () => undefined } = options;
  await mkdir(cache, { recursive: true });
  const debian = new Debian(cache, progress);
  const images: BuiltImage[] = [];
  for (const name of names) {
    const recipe = recipes[name]!;
    const key = await keyOf(recipe, debian, options.tools);
    const archive = join(cache, `${name}-${key.slice(0, 16)}.tar`);
    const note = `${archive}.digest`;
    if (!existsSync(archive) || !existsSync(note)) {
      await withLock(join(cache, `${name}.lock`), async () => {
        progress(`making ${name}`);
        await writePrivate(note, await make(recipe, archive, debian, options.tools));
      });
      await dropOthers(cache, name, archive);
    }
    const { size: bytes } = await stat(archive);
    images.push({ name, references: recipe.references, archive, digest: await readFile(note, "utf8"), bytes });
  }
  return images;
}

/** Digest of all that the image is made of. */
async function keyOf(recipe: Recipe, debian: Debian, tools: ImageOptions["tools"]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(recipe));
  if (recipe.packages) hash.update(JSON.stringify(await debian.resolve(recipe.packages)));
  // A tool's path names its version and the digest of its pins.
  for (const tool of Object.keys(recipe.tools ?? {})) hash.update(tools(tool));
  return hash.digest("hex");
}

async function make(recipe: Recipe, archive: string, debian: Debian, tools: ImageOptions["tools"]): Promise<string> {
  const draft = `${archive}.${process.pid}.layers`;
  const [packages, own] = [join(draft, "packages"), join(draft, "own")];
  try {
    await mkdir(own, { recursive: true });
    if (recipe.packages) {
      await debian.unpack(recipe.packages, packages);
      for (const path of pruned) await rm(join(packages, path), { recursive: true, force: true });
      await trustAuthorities(packages);
    }
    for (const [tool, path] of Object.entries(recipe.tools ?? {})) {
      const target = join(own, path);
      await mkdir(dirname(target), { recursive: true });
      await copyFile(tools(tool), target);
      await chmod(target, 0o755);
    }
    for (const folder of recipe.folders ?? []) {
      await mkdir(join(own, folder), { recursive: true });
      await chmod(join(own, folder), 0o1777);
    }
    for (const [path, content] of Object.entries(recipe.files ?? {})) {
      await mkdir(join(own, dirname(path)), { recursive: true });
      await writeFile(join(own, path), content, { mode: 0o644 });
    }
    for (const [path, target] of Object.entries(recipe.links ?? {})) {
      await mkdir(join(own, dirname(path)), { recursive: true });
      await symlink(target, join(own, path));
    }
    const layers = recipe.packages ? [packages, own] : [own];
    const { references, entrypoint, env = {} } = recipe;
    return await writeImage(layers, { references, entrypoint, env, user: recipeUser(recipe) }, archive);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** What the package's own script would do: one file of all the certificates. */
async function trustAuthorities(root: string): Promise<void> {
  const folder = join(root, "usr/share/ca-certificates/mozilla");
  if (!existsSync(folder)) return;
  const texts = await Promise.all((await readdir(folder)).sort().map((file) => readFile(join(folder, file), "utf8")));
  await mkdir(join(root, "etc/ssl/certs"), { recursive: true });
  await writeFile(join(root, "etc/ssl/certs/ca-certificates.crt"), texts.join(""));
}

/** Earlier versions of an image are of no more use. */
async function dropOthers(cache: string, name: string, archive: string): Promise<void> {
  for (const file of await readdir(cache)) {
    const path = join(cache, file);
    const isEarlier = file.startsWith(`${name}-`) && /^[0-9a-f]{16}\.tar/.test(file.slice(name.length + 1));
    if (isEarlier && !path.startsWith(archive)) await rm(path, { recursive: true, force: true });
  }
}

