// The stand-ins for the random and aws providers, under the real engine.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { obtainTools } from "../../sandbox/obtain-tools.ts";
import { installProviders, providerStandIns } from "../../sandbox/vendor-plugins.ts";
import { prepareWorkspace, projectRoot, sandboxEnvironment } from "../../sandbox/workspace.ts";

/** A Pulumi set-up without a cluster. */
const dir = join(projectRoot, ".sandbox-test-providers");

interface Resource {
  urn: string;
  type: string;
  id?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** One of the programs, as a stack of its own. */
class Program {
  readonly #cwd: string;
  readonly #stack: string;

  constructor(name: string) {
    this.#cwd = join(import.meta.dirname, "programs", name);
    this.#stack = `test-${name}`;
  }

  async pulumi(...args: string[]) {
    const options = { cwd: this.#cwd, env: sandboxEnvironment(dir), extendEnv: false, reject: false } as const;
    const all = [...args, "--stack", this.#stack, "--non-interactive", "--color", "never"];
    return execa("pulumi", all, { ...options, all: true, stdin: "ignore" });
  }

  /** The same, where it has to succeed. */
  async done(...args: string[]): Promise<string> {
    const { exitCode, all } = await this.pulumi(...args);
    assert.equal(exitCode, 0, all);
    return all;
  }

  async exported(): Promise<{ text: string; resources: Resource[] }> {
    const text = await this.done("stack", "export");
    const { deployment } = JSON.parse(text) as { deployment: { resources: Resource[] } };
    return { text, resources: deployment.resources };
  }

  remove(): void {
    rmSync(join(this.#cwd, `Pulumi.${this.#stack}.yaml`), { force: true });
  }
}

const up = ["up", "--yes", "--skip-preview"];

describe("the stand-ins for resource providers", function () {
  this.timeout(120_000);
  const random = new Program("random");
  const aws = new Program("aws");
  const clear = () => {
    for (const program of [random, aws]) program.remove();
    rmSync(dir, { recursive: true, force: true });
  };

  before(async () => {
    clear();
    await prepareWorkspace(dir, await obtainTools(dir, console.log, "none"));
    await installProviders(dir, false, { ...process.env, APG_PROVIDERS: "stand-ins" });
  });
  after(clear);

  it("are named", async () => {
    assert.deepEqual(
      (await providerStandIns(dir)).map(({ name }) => name),
      ["random", "aws"],
    );
  });

  it("random: values are unknown to a preview, made once, and secret in the state", async () => {
    await random.done("stack", "init", "--no-select");
    assert.match(await random.done("preview"), /plain: \[unknown\][\s\S]*\+ 10 to create/);
    await random.done(...up);
    const outputs = JSON.parse(await random.done("stack", "output", "--json", "--show-secrets")) as {
      passwords: Record<string, string>;
    };
    assert.match(outputs.passwords["plain"]!, /^[A-Za-z0-9]{32}$/);
    const { text } = await random.exported();
    for (const secret of Object.values(outputs.passwords)) assert.ok(!text.includes(secret), "no secret is in clear");
    await random.done("refresh", "--yes", "--skip-preview");
    assert.ok(!(await random.exported()).text.includes(outputs.passwords["plain"]!), "nor after a refresh");
    assert.match(await random.done(...up, "--expect-no-changes"), /10 unchanged/);
  });

  it("random: a changed keeper makes a value anew, and a shape that cannot be is refused", async () => {
    await random.done("config", "set", "generation", "2");
    assert.match(await random.done("preview"), /RandomPassword plain replace[\s\S]*\+-1 to replace/);
    await random.done("config", "set", "length", "0");
    const { exitCode, all } = await random.pulumi("preview");
    assert.notEqual(exitCode, 0);
    assert.match(all, /RandomPassword resource 'plain': property length .* has a problem: 0 given; at least 1/);
  });

  it("aws: a preview knows what was given, and not what AWS will say", async () => {
    await aws.done("stack", "init", "--no-select");
    const all = await aws.done("preview");
    assert.match(all, /account +: "123456789012"/);
    assert.match(all, /keyArn +: \[unknown\]/);
    assert.match(all, /domain +: \[unknown\]/);
    assert.match(all, /replicaName +: "replica-[0-9a-f]{7}"/);
    assert.match(all, /tags +: \{\s+data-class : "confidential"\s+environment: "test"/);
    assert.match(all, /\+ 22 to create/);
  });

  it("aws: an update gives every resource what AWS would, and its secrets stay secret", async () => {
    await aws.done(...up);
    const { text, resources } = await aws.exported();
    const of = (type: string, name = "media") => {
      const found = resources.find((one) => one.type === type && one.urn.endsWith(`::${name}`));
      assert.ok(found, `${type} ${name}`);
      return found;
    };
    const bucket = of("aws:s3/bucket:Bucket");
    assert.equal(bucket.outputs["arn"], "arn:aws:s3:::apg-media-test");
    const arn = String(of("aws:kms/key:Key").outputs["arn"]);
    assert.match(arn, /^arn:aws:kms:eu-central-1:123456789012:key\/[0-9a-f-]{36}$/);
    assert.ok(
      JSON.stringify(of("aws:cloudfront/distribution:Distribution").inputs).includes("apg-media-test.s3.eu-central-1"),
    );
    const policy = String(of("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"]);
    assert.deepEqual((JSON.parse(policy) as { Statement: { Resource: string[] }[] }).Statement[0]!.Resource, [
      "arn:aws:s3:::apg-somebody-elses",
      "arn:aws:s3:::apg-media-test",
    ]);
    const password = await aws.done("stack", "output", "passwordForTests", "--show-secrets");
    assert.equal(password.trim().length, 32);
    assert.ok(!text.includes(password.trim()), "no secret is in clear");
  });

  it("aws: nothing is changed the second time, nor by a refresh", async () => {
    assert.match(await aws.done(...up, "--expect-no-changes"), /22 unchanged/);
    await aws.done("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("aws: a change is made in place, or by a new resource where AWS cannot change it", async () => {
    await aws.done("config", "set", "bucket", '{"bucket":"apg-media-two"}');
    const all = await aws.done("preview");
    assert.match(all, /Bucket media replace/);
    assert.match(all, /Distribution media update/);
  });

  it("aws: what is misspelt, of the wrong kind or has a name that AWS refuses is refused by the preview", async () => {
    const refused = async (change: object) => {
      await aws.done("config", "set", "bucket", JSON.stringify(change));
      const { exitCode, all } = await aws.pulumi("preview");
      assert.notEqual(exitCode, 0);
      return all;
    };
    const all = await refused({ forceDestroy: "maybe", lifecycleRules: [{ enabled: true, expiratoin: { days: 1 } }] });
    const problem =
      /Bucket resource 'media' has a problem: lifecycleRules\[0\]\.expiratoin: not known; did you mean expiration\?/;
    assert.match(all, problem);
    assert.match(all, /property forceDestroy .* has a problem: a string given; a boolean is accepted/);
    assert.match(
      await refused({ bucket: "APG" }),
      /property bucket value \{APG\} has a problem: "APG" given; lower-case/,
    );
  });

  it("aws: everything is destroyed", async () => {
    await aws.done("destroy", "--yes", "--skip-preview");
    assert.deepEqual((await aws.exported()).resources ?? [], []);
  });
});
