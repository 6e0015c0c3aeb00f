// The programs of the data jobs' image, as they run in it. Made of the machine's real package sources: skipped where there are
// none, where the server's program is not built, or where this is not root, who alone may change the root folder.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../../../sandbox/errors.ts";
import { recipes } from "../../../sandbox/images/recipes.ts";
import { recipeUser } from "../../../sandbox/images/recipe.ts";
import { obtainImages } from "../../../sandbox/images/store.ts";
import { findTools } from "../../../sandbox/tools.ts";
import { projectRoot } from "../../../sandbox/workspace.ts";

const recipe = recipes["data-tools"]!;

describe("the image of the data jobs", function () {
  this.timeout(300_000);
  let folder: string;
  const root = () => join(folder, "root");

  before(async function () {
    const { found, missing } = await findTools(["versitygw"]);
    if (process.getuid?.() !== 0 || missing.length > 0) return this.skip();
    folder = await mkdtemp(join(tmpdir(), "apg-data-tools-"));
    try {
      const [image] = await obtainImages(["data-tools"], { tools: (name) => found.get(name)!.path });
      await unpack(image!.archive);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.log(`      skipped: ${error.message}`);
      this.skip();
    }
  });
  after(async () => {
    if (folder) await rm(folder, { recursive: true });
  });

  async function unpack(archive: string): Promise<void> {
    const oci = join(folder, "oci");
    await mkdir(oci);
    await mkdir(root());
    await execa("tar", ["-C", oci, "-xf", archive]);
    const blob = (digest: string) => join(oci, "blobs", digest.replace(":", "/"));
    const json = async <T>(file: string) => JSON.parse(await readFile(file, "utf8")) as T;
    const { manifests } = await json<{ manifests: { digest: string }[] }>(join(oci, "index.json"));
    const { layers } = await json<{ layers: { digest: string }[] }>(blob(manifests[0]!.digest));
    for (const { digest } of layers) await execa("tar", ["-C", root(), "-xf", blob(digest)]);
    await rm(oci, { recursive: true });
    for (const folder of ["dev", "proc"]) await mkdir(join(root(), folder), { recursive: true });
  }

  /** Runs a shell script in the image, as its user and with its variables, alone in a network of its own. */
  async function run(script: string): Promise<string> {
    const variables = Object.entries(recipe.env ?? {}).map(([name, value]) => `${name}=${value}`);
    const enter = `mount --rbind /dev ${root()}/dev && mount -t proc proc ${root()}/proc && ip link set lo up && exec "$@"`;
    const inside = ["chroot", `--userspec=${recipeUser(recipe)}`, root(), "/usr/bin/env", "-i", ...variables];
    const unshared = ["--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", enter, "sh"];
    const result = await execa("unshare", [...unshared, ...inside, "bash", "-ec", script], {
      reject: false,
      all: true,
    });
    assert.equal(result.exitCode, 0, result.all);
    return result.all;
  }

  it("has the programs that the jobs call", async () => {
    const said = await run(
      "aws --version; psql --version; pg_dump --version; redis-cli --version; redis-cli --help; jq --version; curl --version; openssl version; python3 --version; versitygw --version; id",
    );
    for (const word of [/aws-cli\/2\./, /psql \(PostgreSQL\) 15/, /pg_dump .* 15/, /redis-cli 7\./, /--tls/, /jq-1\./])
      assert.match(said, word);
    for (const word of [/^curl \d/m, /^OpenSSL 3/m, /^Python 3/m, /v1\.8\.0/, /uid=10001\(tools\)/])
      assert.match(said, word);
  });

  it("keeps versions of objects over TLS, and makes users", async () => {
    const said = await run(`
      cd /tmp && mkdir buckets users versions
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out ca -subj /CN=server -addext subjectAltName=IP:127.0.0.1 2>/dev/null
      export ROOT_ACCESS_KEY_ID=root ROOT_SECRET_ACCESS_KEY=secret
      versitygw --port 127.0.0.1:7070 --cert /tmp/ca --key /tmp/key --iam-dir /tmp/users --health /health --quiet posix --versioning-dir /tmp/versions /tmp/buckets >log 2>&1 &
      url=https://127.0.0.1:7070
      curl --silent --retry 20 --retry-delay 1 --retry-connrefused --cacert ca $url/health; echo
      export AWS_ACCESS_KEY_ID=root AWS_SECRET_ACCESS_KEY=secret AWS_CA_BUNDLE=/tmp/ca AWS_REGION=us-east-1 SSL_CERT_FILE=/tmp/ca
      s3() { aws --endpoint-url $url "$@"; }
      s3 s3api create-bucket --bucket kept >/dev/null
      s3 s3api put-bucket-versioning --bucket kept --versioning-configuration Status=Enabled
      head -c 12000000 /dev/urandom > large
      s3 s3 cp --no-progress large s3://kept/large
      for word in first second; do echo $word | s3 s3 cp - s3://kept/words; done
      s3 s3 cp --no-progress s3://kept/large copy && cmp large copy && echo same
      s3 s3api list-object-versions --bucket kept --prefix words --query 'length(Versions)'
      s3 s3 cp s3://kept/words -
      versitygw admin -a root -s secret -er $url create-user -a tenant -s password -r user
      versitygw admin -a root -s secret -er $url list-users
      AWS_ACCESS_KEY_ID=tenant AWS_SECRET_ACCESS_KEY=password s3 s3 ls s3://kept 2>&1 || echo refused`);
    assert.match(said, /^OK$/m);
    assert.match(said, /^same$/m);
    assert.match(said, /^2$/m);
    assert.match(said, /^second$/m);
    assert.match(said, /^tenant\s+user/m);
    assert.match(said, /AccessDenied[^]*refused/);
  });

  it("is described by the Dockerfile with the same packages", async () => {
    const dockerfile = await readFile(join(projectRoot, "images/data-tools/Dockerfile"), "utf8");
    const installed = /--no-install-recommends \\\n\s+(.*) \\/.exec(dockerfile)?.[1]?.split(" ") ?? [];
    // What every base image has already.
    assert.deepEqual(installed.toSorted(), recipe.packages!.filter((name) => name !== "libc-bin").toSorted());
    assert.match(dockerfile, new RegExp(`^USER ${recipeUser(recipe)}$`, "m"));
    assert.match(dockerfile, /versitygw@v1\.8\.0/);
  });
});
