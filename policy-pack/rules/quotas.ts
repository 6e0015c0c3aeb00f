// What a namespace may use: a quota that fits its workloads at full scale, and a cap on every single pod.
import { notConcerned, stackRule } from "../lib/define.ts";
import { guardedNamespaces, namespaceOf } from "../lib/namespaces.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { Pod, podOf } from "../lib/pod.ts";
import { billionths, cpuText, memoryText } from "../../checklist/quantity.ts";
import { amountOf, podAmount, replicasOf } from "../lib/workload.ts";
import type { Amount, Resource } from "../lib/workload.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { besideStores, memoryStores } from "../limits.ts";

const entries = thresholds.quota.hard;
const text = { cpu: cpuText, memory: memoryText };

export const namespacesHaveQuotas = stackRule({
  name: "namespaces-have-a-quota-and-a-limit-range",
  decides: ["CV-KUBE-07"],
  severity: "high",
  description: "Every namespace that holds workloads has one ResourceQuota for everything in it, and one LimitRange.",
  fix: `Declare one ResourceQuota with spec.hard for ${entries.join(", ")}, and one LimitRange.`,
  subjects: guardedNamespaces,
  check: (subject, stack, complain) => {
    const namespace = namespaceOf(subject);
    const [quota, ...others] = quotasOf(stack, namespace);
    if (quota === undefined) {
      complain(`Namespace "${namespace}" has no quota: declare a ResourceQuota without scopes in it.`);
    } else {
      const missing = entries.filter((entry) => quota.spec.get("hard").get(entry).quantity() === undefined);
      if (missing.length > 0) complain(`${quota.title} sets no ${missing.join(", no ")}: add it to spec.hard.`);
    }
    if (others.length > 0) {
      complain(`Namespace "${namespace}" has ${others.length + 1} quotas: keep one, so that one place says what fits.`);
    }
    const ranges = stack.inNamespace(namespace, "LimitRange").length;
    if (ranges !== 1) complain(`Namespace "${namespace}" has ${ranges} limit ranges: declare exactly one LimitRange.`);
  },
});

export const quotasFitFullScale = stackRule({
  name: "quotas-fit-the-workloads-at-full-scale",
  decides: ["CV-KUBE-07"],
  severity: "high",
  description: "A namespace's quota is at least what its workloads may use together at their maximum scale.",
  fix: "Raise spec.hard of the ResourceQuota, or lower the workloads' maximum replicas or limits.",
  subjects: ["ResourceQuota"],
  check: (quota, stack, complain) => {
    if (!isForAll(quota)) return notConcerned;
    const need = new Map<string, bigint>();
    const add = (entry: string, size: bigint) => need.set(entry, (need.get(entry) ?? 0n) + size);
    const count = (pods: bigint, amountOfPod: (amount: Amount, kind: Resource) => bigint | undefined) => {
      add("pods", pods * 10n ** 9n);
      for (const amount of ["requests", "limits"] as const) {
        for (const kind of ["cpu", "memory"] as const)
          add(`${amount}.${kind}`, pods * (amountOfPod(amount, kind) ?? 0n));
      }
    };
    for (const workload of stack.inNamespace(quota.namespace, ...scaledKinds)) {
      const pod = podOf(workload);
      if (pod === undefined) continue;
      count(BigInt(replicasOf(stack, workload).max), (amount, kind) => podAmount(pod, amount, kind));
    }
    // The pods that the operator makes of these.
    for (const { spec } of stack.inNamespace(quota.namespace, "Cluster"))
      count(BigInt(spec.get("instances").number() ?? 1), (amount, kind) => amountOf(spec, amount, kind));
    for (const pooler of stack.inNamespace(quota.namespace, "Pooler")) {
      const pod = new Pod(pooler, pooler.spec.get("template"));
      count(BigInt(pooler.spec.get("instances").number() ?? 1), (amount, kind) => podAmount(pod, amount, kind));
    }
    for (const [entry, size] of need) {
      const hard = quota.spec.get("hard").get(entry).quantity();
      if (hard === undefined || hard >= size) continue;
      const show = text[entry.endsWith("memory") ? "memory" : "cpu"];
      complain(
        `${quota.title} allows ${show(hard)} of ${entry} and the workloads need ${show(size)} at full scale: raise it.`,
      );
    }
    return undefined;
  },
});

/** The kinds whose number of pods the plan tells; a DaemonSet's depends on the nodes. */
const scaledKinds = [
  "Deployment",
  "StatefulSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "Pod",
] as const;

function quotasOf(stack: PlannedStack, namespace: string): KubernetesObject[] {
  return stack.inNamespace(namespace, "ResourceQuota").filter(isForAll);
}

/** Whether the quota counts every pod, not only those of some scope. */
function isForAll({ spec }: KubernetesObject): boolean {
  return spec.get("scopes").list().length === 0 && !spec.get("scopeSelector").exists;
}

export const limitRangesCapPods = stackRule({
  name: "limit-ranges-cap-every-pod",
  decides: ["AUD-PROD-03"],
  severity: "medium",
  description:
    `Every LimitRange caps a pod at ${thresholds.resources.limits.cpu} CPU and ${thresholds.resources.limits.memory} ` +
    "memory, or at what the largest pod with data in the namespace needs.",
  fix: "Add an entry of type Pod with max.cpu and max.memory to spec.limits.",
  subjects: ["LimitRange"],
  check: ({ title, spec, namespace }, stack, complain) => {
    const ofPods = spec
      .get("limits")
      .list()
      .filter((limit) => limit.get("type").string() === "Pod");
    for (const kind of ["cpu", "memory"] as const) {
      const standard = billionths(thresholds.resources.limits[kind]) ?? 0n;
      const needed = storesLimit(stack, namespace, kind);
      const most = larger(standard, needed === 0n ? 0n : needed + (billionths(besideStores[kind]) ?? 0n));
      const caps = ofPods.flatMap((limit) => limit.get("max").get(kind).quantity() ?? []);
      if (caps.some((cap) => cap < needed)) {
        complain(
          `${title} keeps out pods that may use ${text[kind](needed)} ${kind}, as their data needs: raise max.${kind} of ` +
            "type Pod to that.",
        );
      }
      if (!caps.some((cap) => cap <= most)) {
        complain(`${title} does not cap a pod's ${kind}: set max.${kind} of type Pod to at most ${text[kind](most)}.`);
      }
    }
  },
});

/** The limit of the largest pod that keeps data, which the checklists make larger than an application's (AUD-CACHE-05). */
function storesLimit(stack: PlannedStack, namespace: string, kind: "cpu" | "memory"): bigint {
  const pods = stack.inNamespace(namespace, "Deployment", "StatefulSet").flatMap((workload) => {
    const pod = podOf(workload);
    const component = pod?.labels.get("app.kubernetes.io/component") ?? "";
    return pod !== undefined && memoryStores.includes(component) ? (podAmount(pod, "limits", kind) ?? []) : [];
  });
  const instances = stack.inNamespace(namespace, "Cluster").flatMap(({ spec }) => amountOf(spec, "limits", kind) ?? []);
  return [...pods, ...instances].reduce(larger, 0n);
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
