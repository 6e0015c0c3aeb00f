import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { single } from "../../../sandbox/images/recipe.ts";
import { imageCache, isAskedFor, obtainImages } from "../../../sandbox/images/store.ts";

const recipes = { one: single("apg/one:1", "tool"), two: single("apg/two:1", "tool", "/usr/bin/two") };

describe("the store of images", () => {
  let folder: string;
  let said: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "apg-images-"));
    said = [];
    await writeFile(join(folder, "tool"), "first");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const cache = () => join(folder, "cache");
  const obtain = (...names: string[]) =>
    obtainImages(names, {
      tools: (name) => join(folder, name),
      progress: (line) => said.push(line),
      cache: cache(),
      recipes,
    });
  const archives = async () => (await readdir(cache())).filter((name) => name.endsWith(".tar")).sort();
  const makings = () => said.filter((line) => line.startsWith("making"));

  it("makes an image once", async () => {
    const [made] = await obtain("one");
    assert.deepEqual(
      { ...made, archive: "", digest: "", bytes: 0 },
      { name: "one", references: ["apg/one:1"], archive: "", digest: "", bytes: 0 },
    );
    assert.match(made!.digest, /^sha256:[0-9a-f]{64}$/);
    assert.equal((await stat(made!.archive)).size, made!.bytes);
    assert.deepEqual(await obtain("one"), [made]);
    assert.deepEqual(makings(), ["making one"]);
    assert.match(said.at(-1)!, /^made one: 0\.0 MB, \d+\.\d s$/);
  });

  it("gives them in the order asked for", async () => {
    assert.deepEqual(
      (await obtain("two", "one")).map(({ name }) => name),
      ["two", "one"],
    );
    assert.equal((await archives()).length, 2);
  });

  it("makes it once for two that ask at the same time", async () => {
    const [[first], [second]] = await Promise.all([obtain("one"), obtain("one")]);
    assert.deepEqual(first, second);
    assert.deepEqual(makings(), ["making one"]);
  });

  it("makes another of another tool, and drops the earlier one", async () => {
    const [earlier] = await obtain("one");
    await writeFile(join(folder, "tool"), "second");
    const [later] = await obtain("one");
    assert.notEqual(later!.digest, earlier!.digest);
    assert.equal((await archives()).length, 1);
  });

  it("makes it again when the archive is not what was made", async () => {
    const [made] = await obtain("one");
    await appendFile(made!.archive, "x");
    assert.deepEqual(await obtain("one"), [made]);
    assert.equal(makings().length, 2);
    assert.ok(said.includes(`${made!.archive} is not what was made: it is made again`));
  });

  it("makes the same image in another cache", async () => {
    const [made] = await obtain("one");
    await rm(cache(), { recursive: true });
    assert.deepEqual(await obtain("one"), [made]);
  });

  it("leaves nothing half made when a tool is missing", async () => {
    await rm(join(folder, "tool"));
    await assert.rejects(obtain("one"));
    assert.deepEqual(await archives(), []);
  });

  it("knows by which references an image is asked for", async () => {
    const [made] = await obtain("one");
    assert.ok(isAskedFor(made!, "apg/one:1"));
    assert.ok(isAskedFor(made!, `docker.io/apg/one:1@${made!.digest}`));
    assert.ok(!isAskedFor(made!, `apg/one:1@sha256:${"0".repeat(64)}`));
    assert.ok(!isAskedFor(made!, "apg/one:2"));
  });
});

describe("the cache of images", () => {
  it("is beside the tools, or among them where they have been moved", () => {
    assert.equal(imageCache({ XDG_CACHE_HOME: "/c" }), "/c/apg-platform/images");
    assert.equal(imageCache({ APG_TOOL_CACHE: "/large" }), "/large/images");
  });
});
