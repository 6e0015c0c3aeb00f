import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../sandbox/errors.ts";
import { manifestsOf, objectsOf, type ManifestSource } from "../../../sandbox/manifests.ts";

const object = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

describe("manifests out of a Go module", () => {
  let folder: string;
  const path = process.env["PATH"];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "apg-manifests-"));
    await mkdir(join(folder, "module/crds"), { recursive: true });
    await writeFile(join(folder, "module/crds/b.yaml"), `${object("third")}---\n`);
    await writeFile(join(folder, "module/crds/a.yaml"), `---\n${object("first")}---\n${object("second")}`);
    await writeFile(join(folder, "module/crds/README.md"), "not a manifest");
    // In place of Go: says where the module is, and its checksum.
    await writeFile(join(folder, "go"), `#!/bin/sh\necho '{"Dir": "${folder}/module", "Sum": "h1:right"}'\n`);
    await chmod(join(folder, "go"), 0o755);
    process.env["PATH"] = `${folder}:${path}`;
  });
  afterEach(async () => {
    process.env["PATH"] = path;
    await rm(folder, { recursive: true });
  });

  const source = (more: Partial<ManifestSource> = {}): ManifestSource => ({
    group: "example.io",
    module: "example.io/module",
    version: "v1.0.0",
    sum: "h1:right",
    path: "crds",
    ...more,
  });
  const cache = () => join(folder, "cache");
  const names = async (more?: Partial<ManifestSource>) =>
    (await manifestsOf(source(more), cache())).map(({ metadata }) => metadata.name);

  it("are those of a folder or of a file, all or those that are wanted", async () => {
    assert.deepEqual(await names(), ["first", "second", "third"]);
    assert.deepEqual(await names({ path: "crds/a.yaml" }), ["first", "second"]);
    assert.deepEqual(await names({ wanted: ["second"] }), ["second"]);
  });

  it("are kept, and the module is not", async () => {
    await names();
    await rm(join(folder, "go"));
    assert.deepEqual(await names(), ["first", "second", "third"]);
    assert.equal((await readdir(cache())).length, 1);
  });

  it("are refused when they are not those that are pinned", async () => {
    await assert.rejects(names({ sum: "h1:other" }), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /example\.io\/module v1\.0\.0 is not to be had: its checksum is another/);
      return true;
    });
    assert.deepEqual(await readdir(cache()), []);
  });

  it("may have documents with nothing in them", () => {
    assert.deepEqual(
      objectsOf(`---\n# Nothing.\n---\n${object("one")}`).map(({ metadata }) => metadata.name),
      ["one"],
    );
  });
});
