import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubectl, run, testCluster, testPlace, TestStack } from "../cluster.ts";
import { relaxations } from "../../policy-pack/relaxations.ts";

interface Listed {
  items: {
    metadata: { name: string; namespace?: string; uid: string };
    spec: Record<string, unknown>;
    status: Record<string, unknown>;
  }[];
}

const namespaces = ["apg-audio-processing-sandbox", "apg-computer-vision-sandbox"];

/** Everything that a stack may have left: namespaced objects go with their namespace. */
async function leftovers(): Promise<string[]> {
  const kinds = "namespaces,priorityclasses,validatingadmissionpolicies,validatingadmissionpolicybindings";
  const { items } = await kubectl<Listed>("get", kinds);
  return items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith("apg"));
}

describe("the sandbox stack on the real engine and API server", function () {
  this.timeout(240_000);
  const stack = new TestStack("stack");
  /** What the state holds of each resource; when it was last looked at, and from where, does not count. */
  const state = async () => {
    // The engine encrypts secrets anew whenever it writes them.
    const plain = (key: string, value: unknown) => (key === "ciphertext" ? undefined : value);
    const { deployment } = JSON.parse((await stack.pulumi("stack", "export")).stdout, plain) as {
      deployment: { resources?: { urn: string; id?: string; inputs?: unknown; outputs?: unknown }[] };
    };
    return (deployment.resources ?? []).map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }));
  };

  before(async () => {
    await testCluster();
    const { exitCode, all } = await stack.pulumi("stack", "init", "--no-select");
    assert.equal(exitCode, 0, all);
  });

  after(() => stack.remove());

  it("comes up from nothing with the policy pack on, and the autoscalers bring it to three pods each", async () => {
    const { exitCode, all } = await stack.pulumi("up", "--yes", "--policy-pack", "policy-pack");
    assert.equal(exitCode, 0, all);
    assert.doesNotMatch(all, /can't run policy|version mismatch/i, "no rule was skipped, nothing was warned of");
    for (const namespace of namespaces) {
      const three = "--for=jsonpath={.status.availableReplicas}=3";
      const wait = await run("kubectl", [
        "wait",
        three,
        "deployments",
        "--all",
        "--timeout=60s",
        "--namespace",
        namespace,
      ]);
      assert.equal(wait.exitCode, 0, wait.all);
    }
  });

  it("has the checklists' numbers on the API server", async () => {
    for (const namespace of namespaces) {
      const only = async (kind: string) => {
        const all = await kubectl<Listed>("get", kind, "--namespace", namespace);
        // What belongs to the data has its own names.
        const items = all.items.filter(({ metadata }) => metadata.name.endsWith("-api"));
        assert.equal(items.length, 1, `${kind} in ${namespace}`);
        return items[0]!;
      };
      const autoscaler = await only("horizontalpodautoscalers");
      assert.equal(autoscaler.spec["minReplicas"], 3);
      assert.equal(autoscaler.spec["maxReplicas"], 10);
      assert.deepEqual(
        (autoscaler.spec["metrics"] as { resource: { name: string; target: { averageUtilization: number } } }[]).map(
          ({ resource }) => [resource.name, resource.target.averageUtilization],
        ),
        [
          ["cpu", 70],
          ["memory", 80],
        ],
      );
      assert.equal((await only("poddisruptionbudgets")).spec["minAvailable"], 2);
      assert.equal((await only("poddisruptionbudgets")).status["disruptionsAllowed"], 1);
      const { template } = (await only("deployments")).spec as {
        template: { spec: { containers: { resources: unknown }[] } };
      };
      assert.deepEqual(template.spec.containers[0]!.resources, {
        requests: { cpu: "500m", memory: "1Gi" },
        limits: { cpu: "2", memory: "4Gi" },
      });
      const api = "app.kubernetes.io/component=api";
      const pods = await kubectl<Listed>("get", "pods", "--selector", api, "--namespace", namespace);
      assert.equal(new Set(pods.items.map(({ spec }) => spec["nodeName"])).size, 3, "one pod per node");
    }
  });

  it("refuses a pod that breaks the namespace's rules, whoever creates it", async () => {
    const [namespace] = namespaces;
    const { exitCode, all } = await run("kubectl", [
      ...["run", "intruder", "--image", "busybox:1.37.0", "--namespace", namespace!, "--privileged"],
    ]);
    assert.notEqual(exitCode, 0);
    assert.match(all, /violates PodSecurity "restricted/);
  });

  it("changes nothing the second time", async () => {
    const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    assert.equal(exitCode, 0, all);
    assert.match(all, /\d+ unchanged/);
  });

  it("rolls the pods, and nothing else of the workload, when a setting changes", async () => {
    const before = await kubectl<Listed>(
      "get",
      "services,horizontalpodautoscalers,deployments",
      "--namespace",
      namespaces[0]!,
    );
    stack.edit((text) => text.replace("      settings:\n", "      settings:\n        BATCH_SIZE: '8'\n"));
    const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview", "--policy-pack", "policy-pack");
    assert.equal(exitCode, 0, all);
    assert.match(all, /Deployment audio-processing updated/);
    assert.doesNotMatch(all, /Deployment computer-vision updated/);
    const after = await kubectl<Listed>(
      "get",
      "services,horizontalpodautoscalers,deployments",
      "--namespace",
      namespaces[0]!,
    );
    const identities = ({ items }: Listed) => items.map(({ metadata }) => metadata.uid);
    assert.deepEqual(identities(after), identities(before), "nothing was replaced");
  });

  it("refuses a preview of a program that weakens a pod, by the rule's and the resource's names", async () => {
    const program = join(import.meta.dirname, "programs/weakened");
    const weakened = ["--stack", "test-weakened", "--non-interactive", "--color", "never"];
    const pack = join(import.meta.dirname, "../../policy-pack");
    const lenient = join(testPlace.dir, "lenient.json");
    try {
      await run("pulumi", ["stack", "init", "--no-select", "test-weakened"], { cwd: program });
      const { exitCode, all } = await run("pulumi", ["up", "--yes", ...weakened, "--policy-pack", pack], {
        cwd: program,
      });
      assert.notEqual(exitCode, 0);
      for (const rule of ["containers-state-their-resources", "containers-have-probes", "images-are-pinned"]) {
        assert.match(all, new RegExp(`\\[mandatory\\].*${rule}.*Deployment: careless`), rule);
      }
      assert.equal((await kubectl<Listed>("get", "deployments", "--namespace", "default")).items.length, 0);

      // Pulumi's own policy config lowers what the pack asks for.
      writeFileSync(lenient, JSON.stringify({ all: "advisory" }));
      const advised = await run(
        "pulumi",
        ["preview", ...weakened, "--policy-pack", pack, "--policy-pack-config", lenient],
        { cwd: program },
      );
      assert.equal(advised.exitCode, 0, advised.all);
      assert.match(advised.all, /\[advisory\].*containers-have-probes.*Deployment: careless/);
      assert.doesNotMatch(advised.all, /\[mandatory\]/);
    } finally {
      rmSync(join(program, "Pulumi.test-weakened.yaml"), { force: true });
    }
  });

  const refusals: [string, (text: string) => string, RegExp][] = [
    [
      "15 replicas where the maximum is 10",
      (text) => text.replace("      image: apg/audio-processing:1.0.0\n", "$&      replicas: { max: 15 }\n"),
      /apg:capabilities\[0\]\.replicas\.max: 15 given; at most 10 .*\(AUD-PROD-02/,
    ],
    [
      "the image tag latest",
      (text) => text.replace("image: apg/audio-processing:1.0.0", "image: apg/audio-processing:latest"),
      /apg:capabilities\[0\]\.image: "apg\/audio-processing:latest" given; .*\(CV-IMG-05\)/,
    ],
    [
      "an unknown configuration key",
      (text) => text.replace("      image: apg/audio-processing", "      imagee: x\n$&"),
      /apg:capabilities\[0\]\.imagee: .*image/,
    ],
  ];
  for (const [what, change, message] of refusals) {
    it(`refuses ${what} with one clear message and no stack trace, and changes nothing`, async () => {
      const before = await state();
      const file = readFileSync(stack.file, "utf8");
      stack.edit(change);
      assert.notEqual(readFileSync(stack.file, "utf8"), file, "the test changes the file");
      const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
      stack.edit(() => file);
      assert.notEqual(exitCode, 0);
      assert.match(all, message);
      assert.doesNotMatch(all, /\n\s+at .*:\d+:\d+/, "no stack trace");
      assert.deepEqual(await state(), before);
    });
  }

  it("says so when the passphrase is wrong, and changes nothing", async () => {
    const before = await state();
    const env = { PULUMI_CONFIG_PASSPHRASE: "not this one", PULUMI_CONFIG_PASSPHRASE_FILE: "" };
    const args = ["up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive"];
    const { exitCode, all } = await run("pulumi", args, { env });
    assert.notEqual(exitCode, 0);
    assert.match(all, /incorrect passphrase/);
    assert.deepEqual(await state(), before);
  });

  it("is judged the same from its state, where the environment is unknown and so everything strict", async () => {
    const { exitCode, all } = await stack.pulumi("policy", "analyze", "--policy-pack", "policy-pack");
    assert.notEqual(exitCode, 0);
    const refused = [...all.matchAll(/\[mandatory\].*? {2}(\S+) {2}\(/g)].map(([, rule]) => rule);
    // What the sandbox is let off, all of it; and a state has no stack configuration.
    const relaxed = [...Object.keys(relaxations["sandbox"]!), "recovery-targets-are-stated-and-kept"];
    assert.deepEqual(new Set(refused), new Set(relaxed), all);
  });

  it("is destroyed without a trace", async () => {
    const { exitCode, all } = await stack.pulumi("destroy", "--yes", "--skip-preview");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(await leftovers(), []);
    assert.deepEqual(await state(), []);
  });
});
