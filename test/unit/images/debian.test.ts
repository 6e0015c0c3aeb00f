import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { checkApt } from "../../../sandbox/images/apt.ts";
import { Debian, OutdatedError, planned, withCurrentPackages } from "../../../sandbox/images/debian.ts";
import type { UserError } from "../../../sandbox/errors.ts";

/** Answers as apt-get does, from files beside it, and notes what it was asked. */
const aptGet = `#!/bin/sh
here=\${0%/*}
echo "$3" >> "$here/asked"
archives=\${2%apt.conf}archives
if [ -e "$here/refuses-$3" ]; then echo "E: $(cat "$here/refuses-$3")" >&2; exit 100; fi
case "$*" in
  *--print-uris*) cat "$here/plan" ;;
  *--download-only*) cp "$here"/*.deb "$archives" ;;
esac
`;
const dpkgDeb = `#!/bin/sh
cp "$2" "$3"
`;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const line = (file: string, content: string) =>
  `'http://mirror.test/pool/${file}' ${file} ${content.length} SHA256:${sha256(content)}\n`;

describe("a plan of apt", () => {
  it("names packages with version, size and digest, by name", () => {
    const plan = `Reading...\n${line("b_1%3a2.0-1_amd64.deb", "bb")}${line("a_1.0+x~1_all.deb", "a")}`;
    assert.deepEqual(planned(plan), [
      { name: "a", version: "1.0+x~1", file: "a_1.0+x~1_all.deb", bytes: 1, sha256: sha256("a") },
      { name: "b", version: "1:2.0-1", file: "b_1%3a2.0-1_amd64.deb", bytes: 2, sha256: sha256("bb") },
    ]);
  });
});

describe("a machine without apt", () => {
  for (const present of [[], ["apt-get"]]) {
    it(`is told of a way out: ${present.join() || "nothing"} there`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "apg-no-apt-"));
      for (const program of present) await writeFile(join(folder, program), "", { mode: 0o755 });
      const missing = present.length === 0 ? "apt-get" : "dpkg-deb";
      await assert.rejects(checkApt({ PATH: folder }), (error: UserError) => {
        assert.equal(
          error.message,
          `Images for real nodes are made of Debian packages, and this machine has no ${missing}.`,
        );
        assert.match(error.hint, /--nodes simulated/);
        return true;
      });
      await rm(folder, { recursive: true });
    });
  }
});

describe("packages from the machine's sources", () => {
  let folder: string;
  let said: string[];
  const request = { packages: ["a"] };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "apg-debian-"));
    said = [];
    for (const path of ["bin", "etc/apt", "target"]) await mkdir(join(folder, path), { recursive: true });
    for (const [name, text] of Object.entries({ "apt-get": aptGet, "dpkg-deb": dpkgDeb })) {
      await writeFile(join(folder, "bin", name), text);
      await chmod(join(folder, "bin", name), 0o755);
    }
    await writeFile(join(folder, "etc/os-release"), "ID=debian\nVERSION_CODENAME=bookworm\n");
    await writeFile(join(folder, "etc/apt/sources.list"), "deb http://mirror.test/debian bookworm main\n");
    await offer("a_1_all.deb", "first");
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function offer(file: string, content: string) {
    for (const name of await readdir(join(folder, "bin"))) {
      if (name.endsWith(".deb")) await rm(join(folder, "bin", name));
    }
    await writeFile(join(folder, "bin", file), content);
    await writeFile(join(folder, "bin/plan"), line(file, content));
  }
  const machine = () => ({
    env: { PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter) },
    etc: join(folder, "etc"),
  });
  const debian = () => new Debian(join(folder, "cache"), (line) => said.push(line), machine());
  const asked = async () =>
    (await readFile(join(folder, "bin/asked"), "utf8").catch(() => "")).split("\n").slice(0, -1);
  const refuse = (command: string, words: string) => writeFile(join(folder, `bin/refuses-${command}`), words);
  const target = () => join(folder, "target");
  const get = async () => {
    const source = debian();
    return withCurrentPackages(async () => source.unpack(request, await source.resolve(request), target()));
  };
  const dayLater = async () => {
    const root = join(folder, "cache/debian");
    const earlier = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const file of ["refreshed", ...(await readdir(join(root, "resolved"))).map((name) => `resolved/${name}`)]) {
      await utimes(join(root, file), earlier, earlier);
    }
  };

  it("are fetched once, and not asked for again on the same day", async () => {
    await get();
    assert.equal(await readFile(join(target(), "a_1_all.deb"), "utf8"), "first");
    assert.deepEqual(await asked(), ["update", "install", "install"]);
    await get();
    assert.deepEqual(await asked(), ["update", "install", "install"]);
    await dayLater();
    await get();
    assert.deepEqual(await asked(), ["update", "install", "install", "update", "install"]);
    await get();
    assert.equal((await asked()).length, 5);
  });

  it("are asked for with settings of our own only", async () => {
    await get();
    const root = join(folder, "cache/debian");
    const conf = await readFile(join(root, "apt.conf"), "utf8");
    for (const setting of [
      "#clear APT::Update::Post-Invoke;",
      "#clear APT::Update::Post-Invoke-Success;",
      "#clear DPkg::Post-Invoke;",
      `Dir::State "${root}/";`,
      `Dir::Cache "${root}/";`,
      'Dir::Etc::sourcelist "/dev/null";',
      'Acquire::ForceHash "SHA256";',
    ]) {
      assert.ok(conf.includes(`${setting}\n`), setting);
    }
    assert.equal(
      await readFile(join(root, "sources/own.sources"), "utf8"),
      "Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main\n",
    );
  });

  it("are fetched again where the cache has something else under their name", async () => {
    await get();
    const cached = join(folder, "cache/debian/archives/a_1_all.deb");
    await writeFile(cached, "other");
    await get();
    assert.equal(await readFile(cached, "utf8"), "first");
    assert.ok(said.includes("a_1_all.deb in the cache is not what was downloaded: it is fetched again"));
  });

  it("are those of an earlier day while the sources do not answer", async () => {
    await get();
    await dayLater();
    await refuse("update", "Could not resolve 'mirror.test'");
    await get();
    assert.equal(
      said.at(-1),
      "apt-get update failed: E: Could not resolve 'mirror.test' The packages of an earlier day will do.",
    );
  });

  it("are not to be had when the sources do not answer at first", async () => {
    await refuse("update", "Could not resolve 'mirror.test'");
    await assert.rejects(get(), {
      name: "UserError",
      message: "apt-get update failed: E: Could not resolve 'mirror.test'",
      hint: "Are the machine's package sources within reach?",
    });
  });

  it("are asked for anew when the sources have moved on since", async () => {
    const source = debian();
    const packages = await source.resolve(request);
    await offer("a_2_all.deb", "second");
    await assert.rejects(source.unpack(request, packages, target()), OutdatedError);
    await get();
    assert.equal(await readFile(join(target(), "a_2_all.deb"), "utf8"), "second");
  });

  it("need a source of the distribution", async () => {
    await writeFile(join(folder, "etc/apt/sources.list"), "deb http://mirror.test/vendor stable main\n");
    await assert.rejects(get(), {
      name: "UserError",
      message: "This machine's apt has no source of its distribution's own packages.",
    });
  });
});
