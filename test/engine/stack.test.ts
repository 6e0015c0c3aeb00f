import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kubectl, run, testCluster, TestStack } from "../cluster.ts";

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
  const state = async () => (await stack.pulumi("stack", "export")).stdout;

  before(async () => {
    await testCluster();
    const { exitCode, all } = await stack.pulumi("stack", "init", "--no-select");
    assert.equal(exitCode, 0, all);
  });

  after(() => stack.remove());

  it("comes up from nothing with the policy pack on, and is ready when pulumi up ends", async () => {
    const { exitCode, all } = await stack.pulumi("up", "--yes", "--policy-pack", "policy-pack");
    assert.equal(exitCode, 0, all);
    assert.doesNotMatch(all, /can't run policy|warning:/i, "no rule was skipped, nothing was warned of");
    for (const namespace of namespaces) {
      const { items } = await kubectl<Listed>("get", "deployments", "--namespace", namespace);
      assert.deepEqual(
        items.map(({ status }) => status["availableReplicas"]),
        [3],
        `pods of ${namespace}`,
      );
    }
  });

  it("has the checklists' numbers on the API server", async () => {
    for (const namespace of namespaces) {
      const only = async (kind: string) => {
        const { items } = await kubectl<Listed>("get", kind, "--namespace", namespace);
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
      const pods = await kubectl<Listed>("get", "pods", "--namespace", namespace);
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

  it("refuses a preview whose program weakens a pod, by the rule's and the resource's names, and changes nothing", async () => {
    const before = await state();
    const { exitCode, all } = await run(
      "pulumi",
      [
        "preview",
        "--stack",
        stack.name,
        "--non-interactive",
        "--color",
        "never",
        "--policy-pack",
        join(import.meta.dirname, "../../policy-pack"),
      ],
      { cwd: join(import.meta.dirname, "programs/weakened") },
    );
    assert.notEqual(exitCode, 0);
    assert.match(all, /\[mandatory\]/);
    assert.match(all, /careless/);
    for (const rule of ["container-resources", "probes"]) assert.match(all, new RegExp(rule), all);
    assert.equal(await state(), before);
  });

  const refusals: [string, (text: string) => string, RegExp][] = [
    [
      "15 replicas where the maximum is 10",
      (text) => text.replace("      image: apg/audio-processing:1.0.0\n", "$&      replicas: { max: 15 }\n"),
      /apg:capabilities\[0\]\.replicas\.max: 15 given; at most 10 .*\(AUD-PROD-02/,
    ],
    [
      "the image tag latest",
      (text) => text.replace("audio-processing:1.0.0", "audio-processing:latest"),
      /apg:capabilities\[0\]\.image: apg\/audio-processing:latest given; .*\(.*(AUD|CV)-/,
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
      assert.equal(await state(), before);
    });
  }

  it("says so when the passphrase is wrong, and changes nothing", async () => {
    const before = await state();
    const env = { PULUMI_CONFIG_PASSPHRASE: "not this one", PULUMI_CONFIG_PASSPHRASE_FILE: "" };
    const args = ["up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive"];
    const { exitCode, all } = await run("pulumi", args, { env });
    assert.notEqual(exitCode, 0);
    assert.match(all, /incorrect passphrase/);
    assert.equal(await state(), before);
  });

  it("gives the policy pack the same answer on the exported state", async () => {
    const { exitCode, all } = await stack.pulumi("policy", "analyze", "--policy-pack", "policy-pack");
    assert.equal(exitCode, 0, all);
  });

  it("is destroyed without a trace", async () => {
    const { exitCode, all } = await stack.pulumi("destroy", "--yes", "--skip-preview");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(await leftovers(), []);
    const { deployment } = JSON.parse(await state()) as { deployment: { resources?: unknown[] } };
    assert.deepEqual(deployment.resources ?? [], []);
  });
});
