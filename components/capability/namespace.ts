import * as pulumi from "@pulumi/pulumi";
import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota.js";
import { ServiceAccountPatch } from "@pulumi/kubernetes/core/v1/serviceAccountPatch.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { dnsLabel, refuse, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { nameOf } from "../names.ts";
import { operatorRules, viewerRules } from "./access.ts";
import { capabilityLabels, namespaceName } from "./naming.ts";
import { amountProblems, quotaHard, workloadSizeDefaults } from "./quota.ts";
import type { ResourceAmounts, WorkloadSize } from "./quota.ts";

/** Arguments of `CapabilityNamespace`. */
export interface CapabilityNamespaceArgs {
  /** Name of the capability; a DNS label. With the environment it makes the namespace's name (AUD-PROD-01). */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** Part of the capability that the namespace is for, beside its main one; a DNS label. @default its main one (AUD-PROD-01) */
  part?: string;
  /**
   * The workloads that run here; the quota admits each at full scale in the middle of a rolling update, with 30 %
   * headroom. @default one workload at the checklists' numbers (CV-KUBE-07, CV-SCALE-08)
   */
  workloads?: WorkloadSize[];
  /** Number of volume claims that may exist. @default 0 (CV-KUBE-07) */
  persistentVolumeClaims?: number;
  /** The most that one pod may be limited to. @default cpu 2000m, memory 4Gi (AUD-PROD-03) */
  podMaximum?: ResourceAmounts;
  /** Labels of the namespace besides its own, such as a mesh's. @default none (CV-NET-05, CV-IMG-06) */
  namespaceLabels?: { [label: string]: string };
  /** Groups that may replace pods. @default `apg:<capability>:operators` (AUD-APG-04, AUD-SEC-05) */
  operatorGroups?: string[];
  /** Groups that may look at everything but secrets. @default `apg:<capability>:viewers` (AUD-APG-04, AUD-SEC-05) */
  viewerGroups?: string[];
}

export const capabilityNamespaceDefaults = deepFrozen({
  persistentVolumeClaims: 0,
  podMaximum: { ...thresholds.resources.limits },
});

/** The namespace of a capability in an environment, and the guardrails that hold for whatever is put into it. */
export class CapabilityNamespace extends pulumi.ComponentResource {
  /** Name of the namespace; whatever uses it is created after it. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: CapabilityNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:capability:CapabilityNamespace", name, args, opts);
    refuse(name, problemsOf(args));

    const { capability, environment, part } = args;
    const { persistentVolumeClaims, podMaximum } = withDefaults(args, capabilityNamespaceDefaults);
    const labels = capabilityLabels(capability, environment, part);
    const child = { parent: this };

    const { level, version } = thresholds.podSecurity;
    const named = namespaceName(capability, environment, part);
    const namespace = new Namespace(
      name,
      {
        metadata: {
          name: named,
          labels: {
            ...args.namespaceLabels,
            ...labels,
            ...Object.fromEntries(
              ["enforce", "audit", "warn"].flatMap((mode) => [
                [`pod-security.kubernetes.io/${mode}`, level],
                [`pod-security.kubernetes.io/${mode}-version`, version],
              ]),
            ),
          },
        },
      },
      child,
    );
    this.namespace = nameOf(namespace, named);
    const metadata = (objectName: string) => ({ name: objectName, namespace: this.namespace, labels });

    new ResourceQuota(
      `${name}-quota`,
      {
        metadata: metadata("quota"),
        spec: { hard: quotaHard(args.workloads ?? [{}], persistentVolumeClaims) },
      },
      child,
    );

    new LimitRange(
      `${name}-limits`,
      {
        metadata: metadata("limits"),
        spec: {
          limits: [
            { type: "Pod", max: { ...podMaximum } },
            {
              type: "Container",
              defaultRequest: { ...workloadSizeDefaults.requests },
              default: { ...workloadSizeDefaults.limits },
            },
          ],
        },
      },
      child,
    );

    // Kubernetes makes this account for every namespace; it is changed here, and neither created nor deleted (AUD-SEC-05).
    new ServiceAccountPatch(
      `${name}-default-account`,
      { metadata: { name: "default", namespace: this.namespace }, automountServiceAccountToken: false },
      child,
    );

    const groups = [
      { role: "operators", rules: operatorRules, members: args.operatorGroups ?? [`apg:${capability}:operators`] },
      { role: "viewers", rules: viewerRules, members: args.viewerGroups ?? [`apg:${capability}:viewers`] },
    ];
    for (const { role, rules, members } of groups) {
      const created = new Role(
        `${name}-${role}`,
        {
          metadata: metadata(role),
          rules: rules.map((rule) => ({
            apiGroups: [...rule.apiGroups],
            resources: [...rule.resources],
            verbs: [...rule.verbs],
          })),
        },
        child,
      );
      new RoleBinding(
        `${name}-${role}`,
        {
          metadata: metadata(role),
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: nameOf(created, role) },
          subjects: members.map((group) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group })),
        },
        child,
      );
    }

    this.registerOutputs({ namespace: this.namespace });
  }
}

function problemsOf(args: CapabilityNamespaceArgs): Problem[] {
  const groups = (path: "operatorGroups" | "viewerGroups") =>
    (args[path] ?? []).flatMap((group, index) =>
      unless(
        group !== "" && !group.startsWith("system:"),
        `${path}[${index}]`,
        group,
        "a group of people is accepted, none of Kubernetes' own (AUD-APG-04)",
      ),
    );
  return [
    ...dnsLabel("capability", args.capability),
    ...dnsLabel("environment", args.environment),
    ...(args.part === undefined ? [] : dnsLabel("part", args.part)),
    ...unless(
      namespaceName(args.capability, args.environment, args.part).length <= 63,
      "capability",
      args.capability,
      `with the environment ${args.environment} it makes a namespace's name of more than 63 characters (AUD-PROD-01)`,
    ),
    ...(args.workloads ?? []).flatMap((size, index) => [
      ...wholeNumber(`workloads[${index}].maxReplicas`, size.maxReplicas ?? workloadSizeDefaults.maxReplicas, {
        min: 1,
        items: "CV-KUBE-07",
      }),
      ...(size.requests === undefined ? [] : amountProblems(`workloads[${index}].requests`, size.requests)),
      ...(size.limits === undefined ? [] : amountProblems(`workloads[${index}].limits`, size.limits)),
    ]),
    ...wholeNumber("persistentVolumeClaims", args.persistentVolumeClaims ?? 0, { min: 0, items: "CV-KUBE-07" }),
    ...(args.podMaximum === undefined ? [] : amountProblems("podMaximum", args.podMaximum)),
    ...groups("operatorGroups"),
    ...groups("viewerGroups"),
  ];
}
