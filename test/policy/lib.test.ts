import assert from "node:assert/strict";
import { evaluate } from "../../policy-pack/lib/evaluate.ts";
import { follow, onlyFor } from "../../policy-pack/lib/applicability.ts";
import { isKind, objectsIn } from "../../policy-pack/lib/kubernetes.ts";
import { podOf } from "../../policy-pack/lib/pod.ts";
import { billionths, cpuText } from "../../checklist/quantity.ts";
import { selects, selectsAll } from "../../policy-pack/lib/selector.ts";
import { Value } from "../../policy-pack/lib/value.ts";
import { podAmount } from "../../policy-pack/lib/workload.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { namespace } from "./cases/case.ts";
import { planned, set, stackWith } from "./fixtures.ts";
import { resource } from "./good-stack.ts";
import type { Json } from "./good-stack.ts";

function valueOf(props: Json): Value {
  return new Value({ ...resource("core/v1:Pod", "x", {}), props, dependencies: [] }, "", props);
}

describe("label selectors", () => {
  const labels = new Map([["app", "api"]]);
  const cases: [what: string, selector: Json, matches: boolean][] = [
    ["nothing demanded", {}, true],
    ["the label", { matchLabels: { app: "api" } }, true],
    ["another value", { matchLabels: { app: "web" } }, false],
    ["another label", { matchLabels: { tier: "api" } }, false],
    ["In with the value", { matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] }, true],
    ["In without the label", { matchExpressions: [{ key: "tier", operator: "In", values: ["api"] }] }, false],
    ["NotIn with the value", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["api"] }] }, false],
    ["NotIn without the label", { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["api"] }] }, true],
    ["Exists", { matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
    ["DoesNotExist", { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }, false],
    ["an operator that there is not", { matchExpressions: [{ key: "app", operator: "Is" }] }, false],
    ["one demand of two", { matchLabels: { app: "api", tier: "x" } }, false],
  ];
  for (const [what, selector, matches] of cases) {
    it(`${matches ? "match" : "do not match"} by ${what}`, () => {
      assert.equal(selects(valueOf(selector), labels), matches);
    });
  }

  it("select all only if they demand nothing", () => {
    assert.equal(selectsAll(valueOf({ matchLabels: {} })), true);
    assert.equal(selectsAll(valueOf({ matchLabels: { app: "api" } })), false);
  });
});

describe("the amount of a pod", () => {
  const cpu = (limit: string, more: Json = {}): Json => ({ name: "c", resources: { limits: { cpu: limit } }, ...more });
  const limitOf = (spec: Json) => {
    const [object] = objectsIn({ ...resource("core/v1:Pod", "x", { spec }), dependencies: [] });
    return podAmount(podOf(object!)!, "limits", "cpu");
  };
  const cases: [what: string, spec: Json, expected: string][] = [
    ["the sum of the main containers", { containers: [cpu("1"), cpu("500m")] }, "1500m"],
    ["an init container that needs more than they", { initContainers: [cpu("3")], containers: [cpu("1")] }, "3"],
    [
      "the sidecars too, also while a later init container runs",
      { initContainers: [cpu("1", { restartPolicy: "Always" }), cpu("3")], containers: [cpu("1")] },
      "4",
    ],
    [
      "not the sidecars that start after the init container",
      { initContainers: [cpu("3"), cpu("1", { restartPolicy: "Always" })], containers: [cpu("1")] },
      "3",
    ],
    ["what the pod itself says", { resources: { limits: { cpu: "2" } }, containers: [{ name: "c" }] }, "2"],
  ];
  for (const [what, spec, expected] of cases) {
    it(`is ${what}`, () => assert.equal(cpuText(limitOf(spec) ?? 0n), expected));
  }

  it("is open where a container has no limit, and nothing where it has no request", () => {
    const spec = { containers: [cpu("1"), { name: "d" }] };
    const [object] = objectsIn({ ...resource("core/v1:Pod", "x", { spec }), dependencies: [] });
    const pod = podOf(object!)!;
    assert.equal(podAmount(pod, "limits", "cpu"), undefined);
    assert.equal(podAmount(pod, "requests", "cpu"), billionths(0));
  });
});

describe("type tokens", () => {
  for (const type of ["apps/v1:Deployment", "apps/v1:DeploymentPatch", "apps/v1:DeploymentList"]) {
    it(`of ${type} are Deployments`, () => assert.equal(isKind(`kubernetes:${type}`, ["Deployment"]), true));
  }
  for (const type of [
    "kubernetes:example.com/v1:Deployment",
    "aws:apps/v1:Deployment",
    "kubernetes:apps/v1:toString",
  ]) {
    it(`of ${type} are not`, () => assert.equal(isKind(type, ["Deployment"]), false));
  }
  it("of a custom resource of the core group are the core kind", () => {
    assert.equal(isKind("kubernetes:v1:Pod", ["Pod"]), true);
  });
});

describe("a function for some types alone", () => {
  const typeOf = (validate: object) => (validate as { __pulumiType?: string }).__pulumiType;
  const ofBuckets = onlyFor(
    (type) => type === "aws:s3/bucket:Bucket",
    () => {},
  );
  const handlers = { analyze: (): string | undefined => typeOf(ofBuckets) };
  const answers = (type: string) => {
    let followed: (call: object) => unknown = () => undefined;
    const server = { addService: (_service: unknown, given: typeof handlers) => void (followed = given.analyze) };
    follow(server);
    server.addService(undefined, handlers);
    return followed({ request: { getType: () => type } });
  };

  it("is run for its own, and taken for another type's by the rest", () => {
    assert.equal(answers("aws:s3/bucket:Bucket"), undefined);
    assert.equal(answers("aws:kms/key:Key"), "another");
  });
  it("is run where nothing is known of the request", () => assert.equal(typeOf(ofBuckets), undefined));
});

describe("what a chart renders", () => {
  const rules = allRules.filter(({ name }) => name === "pods-have-read-only-root-file-systems");
  const violationsUnder = (parents: string) => {
    const stack = stackWith(
      set("deployment", "spec.template.spec.containers.0.securityContext.readOnlyRootFilesystem", false),
    );
    const changed = stack.map((each) =>
      each.name === "deployment" ? { ...each, urn: each.urn.replace("kubernetes:", `${parents}kubernetes:`) } : each,
    );
    return evaluate(rules, planned(changed))[0]!.violations.length;
  };

  it("is its authors' where it is a pinned one of Operators", () => {
    assert.equal(violationsUnder(""), 1);
    assert.equal(violationsUnder("apg:operators:Operators$kubernetes:helm.sh/v4:Chart$"), 0);
  });
  it("is judged where it is a Deployment beside the nodes' device plugin", () => {
    assert.equal(violationsUnder("apg:foundation:NodePools$"), 1);
  });
  it("is judged like everything else where it is any other", () => {
    assert.equal(violationsUnder("kubernetes:helm.sh/v4:Chart$"), 1);
    assert.equal(violationsUnder("acme:apg:operators:Operators$"), 1);
  });
});

describe("a malformed value", () => {
  it("is blamed on the resource that holds it", () => {
    const stack = planned(stackWith(set("autoscaler", "spec.minReplicas", "three")));
    const rules = allRules.filter(({ name }) => name === "disruption-budgets-can-be-kept");
    assert.deepEqual(evaluate(rules, stack)[0]?.violations, [
      {
        urn: "urn:pulumi:test::apg-platform::kubernetes:autoscaling/v2:HorizontalPodAutoscaler::autoscaler",
        message: `HorizontalPodAutoscaler "${namespace}/api" is malformed: spec.minReplicas must be a number.`,
      },
    ]);
  });
});
