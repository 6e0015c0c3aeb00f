import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { basicImages } from "../../../sandbox/addons.ts";
import { objectStoreImages, objectStoreStandsFor } from "../../../sandbox/addons/object-store.ts";
import { recipeFor, recipes } from "../../../sandbox/images/recipes.ts";
import { operators } from "../../../sandbox/operators/index.ts";
import { definedOnly, stoodIn } from "../../../sandbox/stand-ins/crds.ts";
import { projectRoot } from "../../../sandbox/workspace.ts";

/** Every text in a value. */
const texts = (value: unknown): string[] =>
  typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(texts);

describe("the sandbox stack's declaration of stand-ins, which readiness reports show", () => {
  const { config } = parse(readFileSync(join(projectRoot, "Pulumi.sandbox.yaml"), "utf8")) as {
    config: { "apg:standIns": Record<string, string> };
  };
  const { "apg:standIns": standIns, ...others } = config;
  const declared = Object.keys(standIns);

  it("names every operator that is stood in for, that nobody stands in for, or that runs on real nodes alone", () => {
    for (const { name } of [...stoodIn, ...definedOnly, ...operators]) assert.ok(declared.includes(name), name);
  });

  it("names the object store", () => {
    assert.ok(declared.includes(objectStoreStandsFor.name));
  });

  it("names every image of the cluster and the stack that is not the published one", () => {
    const served = [...basicImages, ...objectStoreImages, ...operators.flatMap(({ images }) => images)];
    const images = [...served, ...texts(others)].filter((image) => recipeFor(image) !== undefined);
    const differing = images.filter((image) => recipes[recipeFor(image)!]!.standsFor !== undefined);
    assert.ok(differing.length >= 3, "there are some");
    for (const image of differing) assert.ok(declared.includes(image), image);
  });
});
