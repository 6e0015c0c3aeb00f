import assert from "node:assert/strict";
import { recipes, toolsOf } from "../../../sandbox/images/recipes.ts";
import { recipeUser } from "../../../sandbox/images/recipe.ts";
import { normalised } from "../../../sandbox/images/reference.ts";
import { sandboxPins } from "../../../sandbox/tool-pins.ts";

const all = Object.entries(recipes);

describe("the catalogue of images", () => {
  it("takes only tools that are pinned", () => {
    const pinned = sandboxPins.tools.map((tool) => tool.name);
    assert.deepEqual(
      toolsOf(Object.keys(recipes)).filter((tool) => !pinned.includes(tool)),
      [],
    );
  });

  it("has one recipe for a reference, in one version", () => {
    const references = all.flatMap(([, recipe]) => recipe.references.map(normalised));
    assert.equal(new Set(references).size, references.length);
    for (const reference of references) assert.doesNotMatch(reference, /:latest$|@/);
  });

  for (const [name, recipe] of all) {
    it(`${name}: is made of something, starts something, says what it stands for, and has no path twice`, () => {
      assert.ok(recipe.tools ?? recipe.packages);
      assert.equal(recipe.entrypoint.length, 1);
      if (recipe.packages) assert.ok(recipe.standsFor, "an image of packages differs from the published one");
      const paths = [recipe.tools ?? {}, recipe.links ?? {}, recipe.files ?? {}].flatMap((part) =>
        part === recipe.tools ? Object.values(part) : Object.keys(part),
      );
      const folders = recipe.folders ?? [];
      assert.equal(new Set([...paths, ...folders]).size, paths.length + folders.length);
      for (const path of [...paths, ...folders, ...recipe.entrypoint]) assert.match(path, /^\/[^/]/);
    });

    it(`${name}: has a name for its user, where it has names`, () => {
      const [user, group] = recipeUser(recipe).split(":");
      assert.match(recipeUser(recipe), /^\d+:\d+$/);
      const users = recipe.files?.["/etc/passwd"];
      if (users === undefined || recipe.user === undefined) return;
      assert.match(users, new RegExp(`^\\w+:x:${user}:${group}:`, "m"));
      assert.match(recipe.files?.["/etc/group"] ?? "", new RegExp(`^\\w+:x:${group}:`, "m"));
    });
  }

  it("starts nothing as root but the helper that makes volumes", () => {
    const asRoot = all.filter(([, recipe]) => recipeUser(recipe).startsWith("0:")).map(([name]) => name);
    assert.deepEqual(asRoot, ["storage-helper"]);
  });

  it("names each tool once, however many images need it", () => {
    assert.deepEqual(toolsOf(["pause", "redis", "pause", "coredns"]), ["pause", "coredns"]);
  });
});
