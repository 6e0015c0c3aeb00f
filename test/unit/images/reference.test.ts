import assert from "node:assert/strict";
import fc from "fast-check";
import { recipeFor, recipes } from "../../../sandbox/images/recipes.ts";
import { normalised, parted } from "../../../sandbox/images/reference.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("an image reference in full", () => {
  const known: Record<string, string> = {
    redis: "docker.io/library/redis:latest",
    "busybox:1.35": "docker.io/library/busybox:1.35",
    "apg/audio-processing:1.0.0": "docker.io/apg/audio-processing:1.0.0",
    "docker.io/redis:7": "docker.io/library/redis:7",
    "index.docker.io/library/redis:7": "docker.io/library/redis:7",
    "registry.test/pause:3.10.1": "registry.test/pause:3.10.1",
    "localhost/a:1": "localhost/a:1",
    "host:5000/a": "host:5000/a:latest",
    "host:5000/a/b/c:1": "host:5000/a/b/c:1",
    [`redis@${digest}`]: `docker.io/library/redis@${digest}`,
    [`apg/a:1@${digest}`]: `docker.io/apg/a:1@${digest}`,
  };
  for (const [reference, full] of Object.entries(known)) {
    it(`of ${reference}`, () => assert.equal(normalised(reference), full));
  }

  const word = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,4})?$/);
  const path = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join("/"));
  const suffix = fc.constantFrom("", ":1.2.3", `@${digest}`, `:1.2.3@${digest}`);
  const host = fc.constantFrom("", "docker.io/", "registry.test/", "localhost/", "host:5000/");
  const reference = fc.tuple(host, path, suffix).map((parts) => parts.join(""));

  it("is its own full form", () =>
    fc.assert(fc.property(reference, (text) => assert.equal(normalised(normalised(text)), normalised(text)))));

  it("names a registry, a repository, and a tag or digest", () =>
    fc.assert(fc.property(reference, (text) => assert.match(normalised(text), /^[^/]+\/[^:@]+[:@]/))));

  it("keeps the digest, which is a part of its own", () =>
    fc.assert(
      fc.property(reference, (text) => {
        const { name, digest: found } = parted(text);
        assert.equal(found, text.includes("@") ? digest : undefined);
        assert.equal(found === undefined ? name : `${name}@${found}`, normalised(text));
      }),
    ));
});

describe("the recipe of a reference", () => {
  it("is found by every name that it stands for, short, in full, and with a digest", () => {
    for (const [name, { references }] of Object.entries(recipes)) {
      for (const reference of references) {
        for (const form of [reference, normalised(reference), `${reference}@${digest}`]) {
          assert.equal(recipeFor(form), name);
        }
      }
    }
  });

  it("is not found under another tag, without a tag, or in another registry", () => {
    for (const reference of ["busybox:1.36", "busybox", "registry.test/busybox:1.35", "apg/audio-processing:1.0.1"]) {
      assert.equal(recipeFor(reference), undefined);
    }
  });
});
