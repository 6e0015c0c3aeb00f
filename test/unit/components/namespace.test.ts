import assert from "node:assert/strict";
import { CapabilityNamespace } from "../../../components/index.ts";
import type { CapabilityNamespaceArgs } from "../../../components/index.ts";
import { record, refusal, valueOf } from "../recorder.ts";
import { capabilityLabels } from "./fixtures.ts";

const minimal: CapabilityNamespaceArgs = { capability: "audio-processing", environment: "prod" };
const declare = (args: Partial<CapabilityNamespaceArgs> = {}) =>
  new CapabilityNamespace("audio", { ...minimal, ...args });
const metadata = (name: string) => ({ name, namespace: "apg-audio-processing-prod", labels: capabilityLabels });

describe("CapabilityNamespace", () => {
  it("has exactly these children, all its own", async () => {
    const { paths } = await record(declare);
    const component = "apg:capability:CapabilityNamespace";
    assert.deepEqual(paths, [
      `${component}$kubernetes:core/v1:LimitRange::audio-limits`,
      `${component}$kubernetes:core/v1:Namespace::audio`,
      `${component}$kubernetes:core/v1:ResourceQuota::audio-quota`,
      `${component}$kubernetes:core/v1:ServiceAccountPatch::audio-default-account`,
      `${component}$kubernetes:rbac.authorization.k8s.io/v1:Role::audio-operators`,
      `${component}$kubernetes:rbac.authorization.k8s.io/v1:Role::audio-viewers`,
      `${component}$kubernetes:rbac.authorization.k8s.io/v1:RoleBinding::audio-operators`,
      `${component}$kubernetes:rbac.authorization.k8s.io/v1:RoleBinding::audio-viewers`,
      `${component}::audio`,
    ]);
  });

  it("is named after capability and environment and enforces the restricted standard at a pinned version", async () => {
    const recording = await record(declare);
    assert.deepEqual(recording.inputs("kubernetes:core/v1:Namespace").metadata, {
      name: "apg-audio-processing-prod",
      labels: {
        ...capabilityLabels,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.36",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/audit-version": "v1.36",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "v1.36",
      },
    });
    assert.equal(await valueOf(recording.value.namespace), "apg-audio-processing-prod");
  });

  it("limits its pods to the checklists' maximum and gives containers that say nothing the checklists' numbers", async () => {
    const recording = await record(declare);
    const { metadata: limitsMetadata, spec } = recording.inputs("kubernetes:core/v1:LimitRange");
    assert.deepEqual(limitsMetadata, metadata("limits"));
    assert.deepEqual(spec, {
      limits: [
        { type: "Pod", max: { cpu: "2000m", memory: "4Gi" } },
        {
          type: "Container",
          defaultRequest: { cpu: "500m", memory: "1Gi" },
          default: { cpu: "2000m", memory: "4Gi" },
        },
      ],
    });
  });

  it("sizes its quota by its workloads and volume claims", async () => {
    const limits = { cpu: "1", memory: "2Gi" };
    const args = { workloads: [{ maxReplicas: 4, limits }, {}], persistentVolumeClaims: 2 };
    const recording = await record(() => declare(args));
    assert.deepEqual(recording.inputs("kubernetes:core/v1:ResourceQuota").spec, {
      hard: {
        pods: "45",
        "requests.cpu": "22500m",
        "requests.memory": "45Gi",
        "limits.cpu": "75",
        "limits.memory": "150Gi",
        persistentvolumeclaims: "2",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
      },
    });
  });

  it("may be for a part of the capability, which its name and labels say", async () => {
    const recording = await record(() => declare({ part: "drill" }));
    const { name, labels } = recording.inputs("kubernetes:core/v1:Namespace").metadata as {
      name: string;
      labels: Record<string, string>;
    };
    assert.equal(name, "apg-audio-processing-drill-prod");
    assert.equal(labels["apg.io/part"], "drill");
    const quota = recording.inputs("kubernetes:core/v1:ResourceQuota");
    assert.deepEqual(quota.metadata, {
      name: "quota",
      namespace: "apg-audio-processing-drill-prod",
      labels: { ...capabilityLabels, "apg.io/part": "drill" },
    });
  });

  it("takes the token from the default service account", async () => {
    const recording = await record(declare);
    const { metadata: account, automountServiceAccountToken } = recording.inputs(
      "kubernetes:core/v1:ServiceAccountPatch",
    );
    assert.deepEqual(account, { name: "default", namespace: "apg-audio-processing-prod" });
    assert.equal(automountServiceAccountToken, false);
  });

  it("lets operators replace pods and viewers look, neither of them at secrets, without wildcards", async () => {
    const recording = await record(declare);
    interface Rule {
      apiGroups: string[];
      resources: string[];
      verbs: string[];
    }
    const rules = (role: string) =>
      recording.inputs("kubernetes:rbac.authorization.k8s.io/v1:Role", `audio-${role}`).rules as Rule[];
    for (const rule of [...rules("operators"), ...rules("viewers")]) {
      assert.ok(![...rule.apiGroups, ...rule.resources, ...rule.verbs].includes("*"));
      assert.ok(!rule.resources.includes("secrets"));
    }
    const writes = (role: string) =>
      rules(role).flatMap(({ resources, verbs }) =>
        verbs.filter((verb) => !["get", "list", "watch"].includes(verb)).map((verb) => `${verb} ${resources.join()}`),
      );
    assert.deepEqual(writes("viewers"), []);
    assert.deepEqual(writes("operators"), ["delete pods", "create pods/eviction"]);
  });

  it("binds its own groups by default, and the given ones instead", async () => {
    const subjects = async (args: Partial<CapabilityNamespaceArgs>) => {
      const recording = await record(() => declare(args));
      return ["operators", "viewers"].map((role) => {
        const type = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
        const { roleRef, subjects: bound } = recording.inputs(type, `audio-${role}`);
        assert.deepEqual(roleRef, { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role });
        return bound;
      });
    };
    const group = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name });
    assert.deepEqual(await subjects({}), [
      [group("apg:audio-processing:operators")],
      [group("apg:audio-processing:viewers")],
    ]);
    assert.deepEqual(await subjects({ operatorGroups: ["sre", "audio"], viewerGroups: ["dev"] }), [
      [group("sre"), group("audio")],
      [group("dev")],
    ]);
  });

  it("refuses bad arguments, all at once", async () => {
    const lines = await refusal(() =>
      declare({
        capability: "Audio",
        environment: "",
        workloads: [{ maxReplicas: 0, requests: { cpu: "half", memory: "1Gi" } }],
        persistentVolumeClaims: 1.5,
        podMaximum: { cpu: "2", memory: "4GB" },
        operatorGroups: ["system:masters"],
      }),
    );
    const label =
      "lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most 63 characters.";
    assert.deepEqual(lines, [
      `audio.capability: Audio given; ${label}`,
      `audio.environment: nothing given; ${label}`,
      "audio.workloads[0].maxReplicas: 0 given; at least 1 is needed (CV-KUBE-07).",
      "audio.workloads[0].requests.cpu: half given; a Kubernetes quantity such as 500m is accepted (AUD-PROD-03).",
      "audio.persistentVolumeClaims: 1.5 given; a whole number is needed.",
      "audio.podMaximum.memory: 4GB given; a Kubernetes quantity such as 1Gi is accepted (AUD-PROD-03).",
      "audio.operatorGroups[0]: system:masters given; a group of people is accepted, none of Kubernetes' own (AUD-APG-04).",
    ]);
  });

  it("refuses a name that is too long for a namespace", async () => {
    const capability = "a".repeat(55);
    const line = (name: string) =>
      `audio.capability: ${name} given; with the environment prod it makes a namespace's name of more than 63 characters (AUD-PROD-01).`;
    assert.deepEqual(await refusal(() => declare({ capability })), [line(capability)]);
    assert.deepEqual(await refusal(() => declare({ capability: "a".repeat(49), part: "drill" })), [
      line("a".repeat(49)),
    ]);
    assert.match((await refusal(() => declare({ part: "Drill" })))[0]!, /^audio\.part: Drill given; /);
  });
});
