// A platform on AWS that is there, and is changed: nothing that holds data or takes long to make is replaced. On the
// stand-in for AWS, and without a cluster: manifests are only written. It does not show how long AWS takes for a change.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { obtainTools } from "../../sandbox/obtain-tools.ts";
import { installProviders } from "../../sandbox/vendor-plugins.ts";
import { prepareWorkspace, projectRoot, sandboxEnvironment } from "../../sandbox/workspace.ts";
import type { Given } from "./programs/platform/index.ts";

/** A Pulumi set-up without a cluster. */
const dir = join(projectRoot, ".sandbox-test-upgrade");
const cwd = join(import.meta.dirname, "programs/platform");
const stack = "test-upgrade";
const file = join(cwd, `Pulumi.${stack}.yaml`);

const zone = (letter: string) => `eu-central-1${letter}`;
const first: Given = {
  cidr: "10.20.0.0/16",
  zones: ["a", "b", "c"].map(zone),
  instanceTypes: ["m7i.xlarge"],
  maxSize: 6,
  auditRetentionYears: 6,
  expireDays: 365,
  manifests: join(dir, "manifests"),
};

/** Writes the stack file: what was deployed at first, but for these. */
function give(changes: Partial<Given> = {}): void {
  const config = { "aws:region": "eu-central-1", "apg-platform:given": { ...first, ...changes } };
  writeFileSync(file, stringify({ config }));
}

async function pulumi(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await execa(
    "pulumi",
    [...args, "--stack", stack, "--non-interactive", "--color", "never"],
    { cwd, env: sandboxEnvironment(dir), extendEnv: false, reject: false, stdin: "ignore", maxBuffer: 200_000_000 },
  );
  assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
  return stdout;
}

interface Step {
  op: string;
  urn: string;
}

/** What a preview would do in AWS, in its order: operation, type, ::, and name; what stays as it is only by number. */
async function planned(): Promise<{ same: number; steps: string[] }> {
  const options = ["--json", "--show-sames", "--show-replacement-steps"];
  const { steps } = JSON.parse(await pulumi("preview", ...options)) as { steps: Step[] };
  const shown = steps.map(({ op, urn }) => {
    const [types, name] = urn.split("::").slice(2);
    return `${op} ${types!.split("$").at(-1)}::${name}`;
  });
  // Components hold what they were told, and nothing else.
  const changes = shown.filter((step) => !/^same | (apg|pulumi):/.test(step));
  return { same: shown.filter((step) => step.startsWith("same ")).length, steps: changes };
}

const nodes = "aws:eks/nodeGroup:NodeGroup::foundation-system";

describe("a platform on AWS that is there", function () {
  this.timeout(120_000);
  const clear = () => {
    rmSync(file, { force: true });
    rmSync(dir, { recursive: true, force: true });
  };

  before(async () => {
    clear();
    await prepareWorkspace(dir, await obtainTools(dir, console.log, "none"));
    await installProviders(dir, false, { ...process.env, APG_PROVIDERS: "stand-ins" });
    give();
    await pulumi("stack", "init", "--no-select");
    await pulumi("up", "--yes", "--skip-preview");
  });
  after(clear);

  it("stays as it is where nothing is changed", async () => {
    const { same, steps } = await planned();
    assert.deepEqual(steps, []);
    assert.ok(same > 300, `${same} resources`);
  });

  it("gets a zone, larger nodes and longer retention, and nothing that holds data or others stand on is made anew", async () => {
    give({
      zones: ["a", "b", "c", "d"].map(zone),
      instanceTypes: ["m7i.2xlarge"],
      maxSize: 9,
      auditRetentionYears: 7,
      expireDays: 400,
    });
    const { steps } = await planned();
    const created = steps.filter((step) => step.startsWith("create "));
    assert.equal(created.filter((step) => step.includes("aws:ec2/subnet:Subnet")).length, 3);
    for (const step of created) assert.match(step, /-eu-central-1d$/);
    const updated = new Set(steps.flatMap((step) => /^update aws:(.*):/.exec(step)?.[1]!.split(":")[0] ?? []));
    assert.deepEqual([...updated].sort(), [
      "ec2/vpcEndpoint",
      "eks/cluster",
      "s3/bucketLifecycleConfiguration",
      "s3/bucketObjectLockConfiguration",
    ]);
    // Nodes of another size are new nodes; they come before those that they take over from go.
    assert.deepEqual(
      steps.filter((step) => !/^(create|update) /.test(step)),
      [`create-replacement ${nodes}`, `replace ${nodes}`, `delete-replaced ${nodes}`],
    );
  });

  it("would be another network with other addresses, and the preview says so", async () => {
    give({ cidr: "10.30.0.0/16" });
    const { steps } = await planned();
    const replaced = steps.filter((step) => step.startsWith("replace "));
    assert.ok(replaced.includes("replace aws:ec2/vpc:Vpc::network"));
    assert.equal(replaced.filter((step) => step.includes("aws:ec2/subnet:Subnet::")).length, 9);
    // What holds data stays even then.
    assert.deepEqual(
      steps.filter(
        (step) => !/^(create|update) /.test(step) && / aws:(kms|s3|secretsmanager|ecr|cloudtrail)\//.test(step),
      ),
      [],
    );
  });
});
