// The admission policies as they are declared. That a cluster compiles and obeys them, the sandbox proves.
import assert from "node:assert/strict";
import {
  restrictHostAccess,
  restrictImages,
  restrictResources,
  restrictServices,
  restrictTokens,
} from "../../../../components/foundation/admission.ts";
import { record, refusal } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";

const group = "kubernetes:admissionregistration.k8s.io/v1";
interface Spec {
  failurePolicy: string;
  matchConstraints: { resourceRules: { operations: string[]; resources: string[] }[] };
  variables?: { name: string; expression: string }[];
  validations: { expression: string; message: string }[];
}
const specOf = (recording: Recording<unknown>) => recording.inputs(`${group}:ValidatingAdmissionPolicy`).spec as Spec;
const messages = (recording: Recording<unknown>) => specOf(recording).validations.map(({ message }) => message);

const policies = {
  "apg-host-access": () => restrictHostAccess("f", {}),
  "apg-images": () => restrictImages("f", { registries: ["registry.test/apg"] }, {}),
  "apg-resources": () => restrictResources("f", {}),
  "apg-services": () => restrictServices("f", {}),
  "apg-tokens": () => restrictTokens("f", {}),
};

describe("admission policies", () => {
  for (const [policyName, declare] of Object.entries(policies)) {
    it(`deny in capabilities' namespaces, and fail closed: ${policyName}`, async () => {
      const recording = await record(declare);
      assert.equal(recording.resources.length, 2);
      const spec = specOf(recording);
      assert.equal(spec.failurePolicy, "Fail");
      assert.deepEqual(spec.matchConstraints.resourceRules[0]!.operations, ["CREATE", "UPDATE"]);
      assert.deepEqual(recording.inputs(`${group}:ValidatingAdmissionPolicyBinding`).spec, {
        policyName,
        validationActions: ["Deny"],
        matchResources: {
          namespaceSelector: { matchExpressions: [{ key: "apg.io/capability", operator: "Exists" }] },
        },
      });
      assert.ok(spec.validations.every(({ message }) => /\((AUD|CV)-[A-Z]+-\d\d/.test(message)));
    });
  }

  it("keep pods off their nodes", async () =>
    assert.deepEqual(messages(await record(policies["apg-host-access"])), [
      "every container needs securityContext.runAsNonRoot: true, its own or the pod's (AUD-SEC-02)",
      "no container may run as user 0 (AUD-SEC-02)",
      "no container may be privileged (AUD-SEC-02)",
      "every container needs securityContext.allowPrivilegeEscalation: false (AUD-SEC-02)",
      "hostNetwork, hostPID and hostIPC may not be set (AUD-SEC-02)",
      "no container may have a hostPort (AUD-SEC-02)",
      "no volume may be a hostPath (AUD-SEC-02)",
    ]));

  it("ask for resources, closed services and no tokens", async () => {
    assert.deepEqual(messages(await record(policies["apg-resources"])), [
      "every container needs resources.requests of cpu and memory (AUD-PROD-03, CV-MAN-06)",
      "every container needs resources.limits of cpu and memory (AUD-PROD-03, CV-MAN-06)",
    ]);
    assert.deepEqual(messages(await record(policies["apg-services"])), [
      "a Service in a capability's namespace is of type ClusterIP (CV-MAN-02)",
      "a Service in a capability's namespace has no externalIPs (CV-MAN-02)",
    ]);
    assert.deepEqual(messages(await record(policies["apg-tokens"])), [
      "the pod needs automountServiceAccountToken: false, or the annotation apg.io/calls-kubernetes-api with its reason (AUD-SEC-05)",
    ]);
  });

  it("admit images of the declared registries by version and digest, containers for debugging too", async () => {
    const recording = await record(policies["apg-images"]);
    assert.deepEqual(messages(recording), [
      "images from registry.test/apg alone may run (CV-IMG-04, AUD-SEC-04)",
      "every image needs a semantic version as its tag, 1.2.3, and never latest (CV-IMG-05)",
      "every image needs its digest, @sha256:<64 hex digits> (AUD-INFRA-01, CV-IMG-05)",
    ]);
    const [fromRegistry, versioned] = specOf(recording).validations;
    assert.equal(
      fromRegistry!.expression,
      'variables.containers.all(c, ["registry.test/apg/"].exists(r, c.image.startsWith(r)))',
    );
    const pattern = new RegExp(/matches\(r"(.*)"\)/.exec(versioned!.expression)![1]!);
    const digest = `@sha256:${"0f".repeat(32)}`;
    // PostgreSQL's versions have two numbers; without a digest such a tag moves.
    const postgres = ["r.test/p:15.17", "r.test/p:15.17-202605110912-system-bookworm"];
    const good = ["r.test/a:1.2.3", `r.test:5000/a:v1.2.3-rc.1${digest}`, ...postgres.map((of) => `${of}${digest}`)];
    const bad = [
      ...postgres,
      `r.test/a:15${digest}`,
      `r.test/a:v15.17${digest}`,
      "r.test/a",
      "r.test/a:latest",
      "r.test:5000/a",
      `r.test/a${digest}`,
      `r.test/a:latest${digest}`,
    ];
    assert.deepEqual(
      [...good, ...bad].filter((image) => pattern.test(image)),
      good,
    );
    const { resources } = specOf(recording).matchConstraints.resourceRules[0]!;
    assert.deepEqual(resources, ["pods", "pods/ephemeralcontainers"]);
  });

  it("admit images without a digest where none is pushed", async () => {
    const recording = await record(() =>
      restrictImages("f", { registries: ["localhost:5000"], allowUndigested: true }, {}),
    );
    assert.equal(messages(recording).length, 2);
  });

  it("refuse registries that are none", async () => {
    assert.deepEqual(await refusal(() => restrictImages("f", { registries: [] }, {})), [
      "f.registries: none given; at least one is needed, or no pod could run (CV-IMG-04).",
    ]);
    assert.deepEqual(await refusal(() => restrictImages("f", { registries: ["a/", '"'] }, {})), [
      "f.registries[0]: a/ given; a registry such as registry.example.org/apg is accepted (CV-IMG-04).",
      'f.registries[1]: " given; a registry such as registry.example.org/apg is accepted (CV-IMG-04).',
    ]);
  });
});
