// The images as archives in the cache, by content: made once, of recipes, packages and binaries.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readIfPresent, writePrivate } from "../files.ts";
import { toolCache } from "../tools.ts";
import { writeImage } from "./archive.ts";
import { Debian, type DebianPackage, withCurrentPackages } from "./debian.ts";
import { Digests } from "./digests.ts";
import { recipeUser, type Recipe } from "./recipe.ts";
import { recipes as catalogue } from "./recipes.ts";
import { parted } from "./reference.ts";
import { layOut, packagesOf } from "./root-folders.ts";
import { inTurn } from "./turns.ts";

/** Images, packages and programs of the host: beside the built tools, or among them where those have been moved. */
export function imageCache(env: NodeJS.ProcessEnv = process.env): string {
  const tools = toolCache(env);
  return join(env["APG_TOOL_CACHE"] === undefined ? dirname(tools) : tools, "images");
}

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
  recipes?: Readonly<Record<string, Recipe>>;
}

/** What is kept of an image besides its archive. */
interface Note {
  digest: string;
  /** Digest of the archive itself. */
  archive: string;
}

/**
 * The archives of the named recipes; those that are not in the cache are made.
 * @throws UserError when packages are not to be had
 */
export async function obtainImages(names: readonly string[], options: ImageOptions): Promise<BuiltImage[]> {
  const { cache = imageCache(), progress = () => undefined, recipes = catalogue, tools } = options;
  await mkdir(cache, { recursive: true });
  const place: Place = {
    cache,
    progress,
    tools,
    debian: new Debian(cache, progress),
    digests: new Digests(join(cache, "digests.json")),
  };
  const images: BuiltImage[] = [];
  for (const name of names) {
    images.push(await withCurrentPackages(() => obtainImage(name, recipes[name]!, place)));
  }
  return images;
}

interface Place {
  cache: string;
  progress: (line: string) => void;
  tools: (name: string) => string;
  debian: Debian;
  digests: Digests;
}

async function obtainImage(name: string, recipe: Recipe, place: Place): Promise<BuiltImage> {
  const { cache, progress, tools, debian, digests } = place;
  const request = packagesOf(recipe);
  const packages = request ? await debian.resolve(request) : [];
  const key = await keyOf(recipe, packages, (tool) => digests.of(tools(tool)));
  const archive = join(cache, `${name}-${key.slice(0, 16)}.tar`);
  const current = () => validNote(archive, digests, progress);
  const make = async () => {
    // Whoever had the turn before may have made it.
    const made = await current();
    if (made) return made;
    const started = Date.now();
    progress(`making ${name}`);
    const note = await makeImage(recipe, { debian, packages, tools }, archive, digests);
    await dropOthers(cache, name, archive);
    const { size } = await stat(archive);
    progress(`made ${name}: ${megabytes(size)}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return note;
  };
  const { digest } = (await current()) ?? (await inTurn(join(cache, `${name}.lock`), progress, make));
  return { name, references: recipe.references, archive, digest, bytes: (await stat(archive)).size };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Raised when images of the same recipe have to be made anew because the way of making them is another. */
const format = 3;

/** Digest of all that the image is made of. */
async function keyOf(
  recipe: Recipe,
  packages: readonly DebianPackage[],
  toolDigest: (tool: string) => Promise<string>,
): Promise<string> {
  const tools: string[] = [];
  for (const tool of Object.keys(recipe.tools ?? {})) tools.push(await toolDigest(tool));
  return createHash("sha256")
    .update(JSON.stringify([format, process.arch, recipe, packages.map(({ file, sha256 }) => [file, sha256]), tools]))
    .digest("hex");
}

const noteOf = (archive: string) => `${archive}.json`;

/** What is known of an archive that is there and is, to the byte, what was made. */
async function validNote(archive: string, digests: Digests, say: (line: string) => void): Promise<Note | undefined> {
  const text = await readIfPresent(noteOf(archive));
  if (text === undefined || !existsSync(archive)) return undefined;
  const note = JSON.parse(text) as Note;
  if ((await digests.of(archive)) === note.archive) return note;
  say(`${archive} is not what was made: it is made again`);
  return undefined;
}

async function makeImage(
  recipe: Recipe,
  ingredients: Parameters<typeof layOut>[1],
  archive: string,
  digests: Digests,
): Promise<Note> {
  const draft = `${archive}.layers`;
  await rm(draft, { recursive: true, force: true });
  await rm(noteOf(archive), { force: true });
  try {
    await mkdir(draft);
    const layers = await layOut(recipe, ingredients, draft);
    const { references, entrypoint, env = {}, workdir = "/" } = recipe;
    const config = { references, entrypoint, env, workdir, user: recipeUser(recipe) };
    const note = { digest: await writeImage(layers, config, archive), archive: await digests.of(archive) };
    await writePrivate(noteOf(archive), JSON.stringify(note));
    return note;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Earlier versions of an image are of no more use. */
async function dropOthers(cache: string, name: string, archive: string): Promise<void> {
  for (const file of await readdir(cache)) {
    const path = join(cache, file);
    const isOfImage = file.startsWith(`${name}-`) && /^[0-9a-f]{16}\.tar/.test(file.slice(name.length + 1));
    if (isOfImage && !path.startsWith(archive)) await rm(path, { recursive: true, force: true });
  }
}

/** Whether a pod that asks by this reference gets this image: the name in full, and the digest where it gives one. */
export function isAskedFor({ references, digest }: BuiltImage, reference: string): boolean {
  const asked = parted(reference);
  const named = references.some((one) => parted(one).name === asked.name);
  return named && (asked.digest === undefined || asked.digest === digest);
}
