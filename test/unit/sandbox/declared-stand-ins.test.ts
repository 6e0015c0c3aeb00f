import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { basicImages } from "../../../sandbox/addons.ts";
import { recipeFor, recipes } from "../../../sandbox/images/recipes.ts";
import { stoodIn } from "../../../sandbox/stand-ins/crds.ts";
import { projectRoot } from "../../../sandbox/workspace.ts";

interface Config {
  "apg:standIns": Record<string, string>;
  "apg:capabilities": { image: string }[];
}

describe("the sandbox stack's declaration of stand-ins, which readiness reports show", () => {
  const { config } = parse(readFileSync(join(projectRoot, "Pulumi.sandbox.yaml"), "utf8")) as { config: Config };
  const declared = Object.keys(config["apg:standIns"]);

  it("names every operator that is stood in for", () => {
    for (const { name } of stoodIn) assert.ok(declared.includes(name), name);
  });

  it("names every image of the cluster and the stack that is not the published one", () => {
    const images = [...basicImages, ...config["apg:capabilities"].map(({ image }) => image)];
    const standIns = images.filter((image) => recipes[recipeFor(image)!]!.standsFor !== undefined);
    assert.ok(standIns.length >= 3, "there are some");
    for (const image of standIns) assert.ok(declared.includes(image), image);
  });
});
