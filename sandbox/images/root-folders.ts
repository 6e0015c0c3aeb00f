// The content of an image as folders, one a layer: packages, built tools, and what the recipe itself has.
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Debian, DebianPackage, PackageRequest } from "./debian.ts";
import type { Recipe } from "./recipe.ts";

/** What no program reads. */
const pruned = ["bash-completion", "bug", "doc", "doc-base", "i18n", "info", "lintian", "locale", "man"]
  .map((folder) => `usr/share/${folder}`)
  .concat("var/cache", "etc/init.d", "lib/systemd");

/** Conversions between character sets other than Unicode's, by programs that call iconv. */
const conversions = /^usr\/lib\/[\w-]+-linux-gnu\/gconv$/;

/** What a recipe asks of Debian; nothing when it takes no packages. */
export function packagesOf({ packages, without = [] }: Recipe): PackageRequest | undefined {
  return packages && { packages, without };
}

export interface Ingredients {
  debian: Debian;
  /** As resolved for the recipe. */
  packages: readonly DebianPackage[];
  /** Path of a built tool. */
  tools: (name: string) => string;
}

/**
 * Lays out what an image holds.
 * @param draft An empty folder.
 * @returns the layers' folders, the lowest first
 */
export async function layOut(
  recipe: Recipe,
  { debian, packages, tools }: Ingredients,
  draft: string,
): Promise<string[]> {
  const layers: string[] = [];
  const layer = async (name: string) => {
    const folder = join(draft, name);
    await addFolder(draft, name);
    layers.push(folder);
    return folder;
  };
  const request = packagesOf(recipe);
  if (request) {
    const root = await layer("packages");
    await debian.unpack(request, packages, root);
    await prune(root, recipe);
    await trustAuthorities(root);
  }
  if (recipe.tools) {
    const root = await layer("tools");
    for (const [tool, path] of Object.entries(recipe.tools)) {
      await addFolder(root, dirname(path));
      await copyFile(tools(tool), join(root, path));
      await chmod(join(root, path), 0o755);
    }
  }
  const { folders = [], files = {}, links = {} } = recipe;
  if (folders.length + Object.keys(files).length + Object.keys(links).length > 0) {
    const root = await layer("own");
    for (const folder of folders) await addFolder(root, folder, 0o1777);
    for (const [path, content] of Object.entries(files)) await addFile(root, path, content);
    for (const [path, target] of Object.entries(links)) {
      await addFolder(root, dirname(path));
      await symlink(target, join(root, path));
    }
  }
  return layers;
}

/** Makes a folder and those above it; whatever the user's mask is, others may read them. */
async function addFolder(root: string, path: string, mode = 0o755): Promise<void> {
  let folder = root;
  for (const part of path.split("/").filter(Boolean)) {
    folder = join(folder, part);
    if (existsSync(folder)) continue;
    await mkdir(folder);
    await chmod(folder, 0o755);
  }
  if (mode !== 0o755) await chmod(folder, mode);
}

async function addFile(root: string, path: string, content: string): Promise<void> {
  await addFolder(root, dirname(path));
  await writeFile(join(root, path), content);
  await chmod(join(root, path), 0o644);
}

async function prune(root: string, { drop = [], keep = {} }: Recipe): Promise<void> {
  const libraries = (await readdir(join(root, "usr/lib")).catch(() => [])).map((name) => `usr/lib/${name}/gconv`);
  for (const path of [...pruned, ...libraries.filter((path) => conversions.test(path)), ...drop]) {
    await rm(join(root, path), { recursive: true, force: true });
  }
  for (const [folder, kept] of Object.entries(keep)) {
    for (const name of await readdir(join(root, folder)).catch(() => [])) {
      if (!kept.includes(name)) await rm(join(root, folder, name), { recursive: true });
    }
  }
}

/** What a package's own script would do: one file of all the certificates. */
async function trustAuthorities(root: string): Promise<void> {
  const folder = join(root, "usr/share/ca-certificates/mozilla");
  if (!existsSync(folder)) return;
  const texts = await Promise.all((await readdir(folder)).sort().map((file) => readFile(join(folder, file), "utf8")));
  await addFile(root, "etc/ssl/certs/ca-certificates.crt", texts.join(""));
}
