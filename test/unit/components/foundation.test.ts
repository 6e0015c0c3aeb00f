import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { createFoundation } from "../../../components/index.ts";
import { record, refusal, valueOf } from "../recorder.ts";

const kubeconfig = "apiVersion: v1\nkind: Config\n";
const isSecret = (output: pulumi.Output<unknown>) => pulumi.isSecret(output);

describe("createFoundation of an existing cluster", () => {
  it("has a provider, a priority class and the admission policy, and nothing else", async () => {
    const { paths } = await record(() => createFoundation({ cluster: {} }));
    const component = "apg:foundation:ExistingCluster";
    assert.deepEqual(paths, [
      `${component}$kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy::foundation-pods`,
      `${component}$kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding::foundation-pods`,
      `${component}$kubernetes:scheduling.k8s.io/v1:PriorityClass::foundation-capability`,
      `${component}$pulumi:providers:kubernetes::foundation`,
      `${component}::foundation`,
    ]);
  });

  it("uses the given context by server-side apply, for everything in it", async () => {
    const recording = await record(() => createFoundation({ cluster: { context: "apg-sandbox" } }));
    const provider = recording.inputs("pulumi:providers:kubernetes");
    assert.deepEqual([provider.context, String(provider.enableServerSideApply)], ["apg-sandbox", "true"]);
    const others = recording.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(others.every((each) => each.provider?.includes("pulumi:providers:kubernetes::foundation")));
    assert.deepEqual(await valueOf(recording.value.exports), {
      kubeconfig: undefined,
      context: "apg-sandbox",
      priorityClassName: "apg-capability",
    });
    assert.equal(await isSecret(recording.value.exports), false);
  });

  it("keeps a kubeconfig secret, in its exports too", async () => {
    const { value } = await record(() => createFoundation({ cluster: { kubeconfig } }));
    assert.equal((await valueOf(value.exports)).kubeconfig, kubeconfig);
    assert.equal(await isSecret(value.exports), true);
  });

  it("puts capabilities before pods without a class", async () => {
    const recording = await record(() => createFoundation({ cluster: {} }));
    const { metadata, value, globalDefault } = recording.inputs("kubernetes:scheduling.k8s.io/v1:PriorityClass");
    assert.deepEqual([metadata, value, globalDefault], [{ name: "apg-capability" }, 100_000, false]);
  });

  it("refuses, in capabilities' namespaces, writable root file systems and the default service account", async () => {
    const recording = await record(() => createFoundation({ cluster: {} }));
    const group = "kubernetes:admissionregistration.k8s.io/v1";
    const policy = recording.inputs(`${group}:ValidatingAdmissionPolicy`).spec as {
      failurePolicy: string;
      validations: { message: string }[];
    };
    assert.equal(policy.failurePolicy, "Fail");
    assert.deepEqual(
      policy.validations.map(({ message }) => message),
      [
        "every container needs securityContext.readOnlyRootFilesystem: true (AUD-SEC-02)",
        "the pod needs a service account of its own, not default (AUD-SEC-05)",
      ],
    );
    assert.deepEqual(recording.inputs(`${group}:ValidatingAdmissionPolicyBinding`).spec, {
      policyName: "apg-pods",
      validationActions: ["Deny"],
      matchResources: { namespaceSelector: { matchExpressions: [{ key: "apg.io/capability", operator: "Exists" }] } },
    });
  });
});

describe("createFoundation of another stack", () => {
  const outputs = { foundation: { kubeconfig, context: "production", priorityClassName: "apg-capability" } };

  it("reads that stack's foundation and creates nothing in the cluster", async () => {
    const recording = await record(
      () => createFoundation({ stack: "organization/apg-platform/prod" }),
      (type) => (type === "pulumi:pulumi:StackReference" ? { outputs, secretOutputNames: ["foundation"] } : undefined),
    );
    assert.deepEqual(recording.paths, [
      "pulumi:providers:kubernetes::foundation",
      "pulumi:pulumi:StackReference::foundation",
    ]);
    assert.equal(recording.inputs("pulumi:pulumi:StackReference").name, "organization/apg-platform/prod");
    assert.equal(recording.inputs("pulumi:providers:kubernetes").context, "production");
    assert.deepEqual(await valueOf(recording.value.exports), outputs.foundation);
    assert.equal(await isSecret(recording.value.exports), true);
    assert.equal(await valueOf(recording.value.priorityClassName), "apg-capability");
    assert.equal(await isSecret(recording.value.priorityClassName), false);
  });
});

describe("createFoundation refuses", () => {
  it("neither and both", async () => {
    const neither = await refusal(() => createFoundation({}));
    assert.deepEqual(neither, ["foundation.cluster: none of cluster, stack and aws given; exactly one is needed."]);
    const both = await refusal(() => createFoundation({ cluster: {}, stack: "organization/apg-platform/prod" }));
    assert.deepEqual(both, ["foundation.cluster: cluster and stack given; exactly one is needed."]);
  });

  it("a context without a name", async () => {
    assert.deepEqual(await refusal(() => createFoundation({ cluster: { context: "" } })), [
      "foundation.context: nothing given; the name of a context is needed, or nothing at all.",
    ]);
  });
});
