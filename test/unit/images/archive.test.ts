import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { writeImage } from "../../../sandbox/images/archive.ts";

const config = {
  references: ["apg/a:1.0.0", "registry.test/b:2"],
  entrypoint: ["/bin/a"],
  env: { PATH: "/bin" },
  user: "26:26",
  workdir: "/data",
};

interface Descriptor {
  digest: string;
  size: number;
  annotations: Record<string, string>;
}

describe("an image archive", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "apg-archive-"))));
  afterEach(() => rm(folder, { recursive: true }));

  /** The same content, laid down in another order and at another time. */
  async function content(name: string, files: string[]): Promise<string> {
    const root = join(folder, name);
    await mkdir(join(root, "bin"), { recursive: true });
    await chmod(root, 0o755);
    await chmod(join(root, "bin"), 0o755);
    for (const file of files) {
      await writeFile(join(root, "bin", file), file);
      await chmod(join(root, "bin", file), 0o755);
    }
    await symlink("a", join(root, "bin", "link"));
    await utimes(join(root, "bin"), new Date(), new Date(Date.now() - files[0]!.charCodeAt(0) * 1e6));
    return root;
  }

  const unpacked = async (archive: string) => {
    const root = `${archive}.unpacked`;
    await mkdir(root);
    await execa("tar", ["-xf", archive, "-C", root]);
    const blob = async (digest: string) => readFile(join(root, "blobs", "sha256", digest.replace("sha256:", "")));
    const json = async (digest: string) => JSON.parse((await blob(digest)).toString()) as never;
    return { root, blob, json };
  };

  it("is the same to the byte whenever and by whomever it is made of the same content", async () => {
    const [one, two] = [join(folder, "one.tar"), join(folder, "two.tar")];
    const digest = await writeImage([await content("x", ["a", "b", "c"])], config, one);
    const mask = process.umask(0o077);
    try {
      assert.equal(await writeImage([await content("y", ["c", "b", "a"])], config, two), digest);
    } finally {
      process.umask(mask);
    }
    assert.ok((await readFile(one)).equals(await readFile(two)));
    const known = "sha256:693879a4624eb44aeee0a0fdf09a139e0f06a1b7128d1652fe2a8af057a8f3cd";
    if (process.arch === "x64") assert.equal(digest, known);
    assert.deepEqual((await readdir(folder)).sort(), ["one.tar", "two.tar", "x", "y"]);
  });

  it("differs with content, mode and settings", async () => {
    const root = await content("x", ["a"]);
    const target = join(folder, "image.tar");
    const digests = [await writeImage([root], config, target)];
    digests.push(await writeImage([root], { ...config, user: "0:0" }, target));
    await chmod(join(root, "bin/a"), 0o700);
    digests.push(await writeImage([root], config, target));
    await writeFile(join(root, "bin/a"), "other");
    digests.push(await writeImage([root], config, target));
    assert.equal(new Set(digests).size, 4);
  });

  it("is named in full by every reference, and every part is what its digest says", async () => {
    const target = join(folder, "image.tar");
    const layers = [await content("x", ["a"]), await content("y", ["b"])];
    const digest = await writeImage(layers, config, target);
    const { root, blob, json } = await unpacked(target);
    const { manifests } = JSON.parse(await readFile(join(root, "index.json"), "utf8")) as { manifests: Descriptor[] };
    assert.deepEqual(
      manifests.map(({ digest, annotations }) => [digest, annotations["io.containerd.image.name"]]),
      [
        [digest, "docker.io/apg/a:1.0.0"],
        [digest, "registry.test/b:2"],
      ],
    );
    const manifest: { config: Descriptor; layers: Descriptor[] } = await json(digest);
    assert.equal(manifest.layers.length, 2);
    for (const part of [manifest.config, ...manifest.layers]) {
      const bytes = await blob(part.digest);
      assert.equal(bytes.length, part.size);
      assert.equal(`sha256:${createHash("sha256").update(bytes).digest("hex")}`, part.digest);
    }
    const { config: made }: { config: object } = await json(manifest.config.digest);
    assert.deepEqual(made, { User: "26:26", Entrypoint: ["/bin/a"], Env: ["PATH=/bin"], WorkingDir: "/data" });
  });

  it("belongs to root, and lets no program run as another user", async () => {
    const root = await content("x", ["a"]);
    await chmod(join(root, "bin/a"), 0o6755);
    await mkdir(join(root, "tmp"));
    await chmod(join(root, "tmp"), 0o1777);
    const target = join(folder, "image.tar");
    const { json, root: layout } = await unpacked((await writeImage([root], config, target)) && target);
    const index = JSON.parse(await readFile(join(layout, "index.json"), "utf8")) as { manifests: Descriptor[] };
    const { layers }: { layers: Descriptor[] } = await json(index.manifests[0]!.digest);
    const file = join(layout, "blobs", "sha256", layers[0]!.digest.replace("sha256:", ""));
    const { stdout } = await execa("tar", ["-tvf", file, "--numeric-owner", "--utc"], { env: { LC_ALL: "C" } });
    assert.deepEqual(
      stdout.split("\n").map((line) => line.replace(/ +/g, " ")),
      [
        "drwxr-xr-x 0/0 0 1970-01-01 00:00 ./",
        "drwxr-xr-x 0/0 0 1970-01-01 00:00 ./bin/",
        "-rwxr-xr-x 0/0 1 1970-01-01 00:00 ./bin/a",
        "lrwxrwxrwx 0/0 0 1970-01-01 00:00 ./bin/link -> a",
        "drwxrwxrwt 0/0 0 1970-01-01 00:00 ./tmp/",
      ],
    );
  });
});
