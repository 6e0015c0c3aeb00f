// CPU and memory: stated for every container, and within the checklists' range for every pod.
import { notConcerned, podRule } from "../lib/define.ts";
import { serviceKinds } from "../lib/pod.ts";
import { billionths, cpuText, memoryText } from "../../checklist/quantity.ts";
import { amountOf, podAmount } from "../lib/workload.ts";
import type { Amount, Resource } from "../lib/workload.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { exceptions, infrastructureComponents } from "../limits.ts";

const amounts = ["requests", "limits"] as const satisfies Amount[];
const kinds = ["cpu", "memory"] as const satisfies Resource[];
const share = thresholds.resources.minMemoryRequestShare;

/** A size as people write it. */
const text = { cpu: cpuText, memory: memoryText };

export const containersStateTheirResources = podRule({
  name: "containers-state-their-resources",
  decides: ["CV-MAN-06", "CV-SCALE-02"],
  severity: "high",
  description: "Every container, init containers included, has CPU and memory requests and limits.",
  fix: "Set resources.requests and resources.limits for cpu and memory on every container.",
  check: (pod, complain) => {
    for (const { value, title } of [...pod.initContainers, ...pod.containers]) {
      const missing = amounts.flatMap((amount) =>
        kinds
          .filter((kind) => amountOf(value, amount, kind) === undefined)
          .map((kind) => `resources.${amount}.${kind}`),
      );
      if (missing.length > 0) complain(`${title} has no ${missing.join(", no ")}: set it.`);
      const request = amountOf(value, "requests", "memory");
      const limit = amountOf(value, "limits", "memory");
      if (request !== undefined && limit !== undefined && request * 100n < limit * BigInt(share * 100)) {
        complain(
          `${title} requests ${memoryText(request)} of memory, less than ${share * 100}% of its limit of ` +
            `${memoryText(limit)}: raise the request or lower the limit.`,
        );
      }
    }
  },
});

export const podsStayInTheResourceRange = podRule({
  name: "pods-stay-in-the-resource-range",
  decides: ["AUD-PROD-03", "CV-MAN-06"],
  contributesTo: ["CV-PERF-07"],
  severity: "medium",
  description:
    `Every application pod requests at least ${thresholds.resources.requests.cpu} CPU and ` +
    `${thresholds.resources.requests.memory} memory, and is limited to ${thresholds.resources.limits.cpu} and ` +
    `${thresholds.resources.limits.memory} at most.`,
  fix: `Set the containers' resources so that their sums are in the range, or annotate the pod ${exceptions.limits} with the reason.`,
  owners: serviceKinds,
  check: (pod, complain) => {
    if ((pod.annotation(exceptions.limits) ?? "") !== "") return notConcerned;
    // A cache is not an application: what it needs follows from its data (AUD-CACHE-05).
    if (infrastructureComponents.includes(pod.labels.get("app.kubernetes.io/component") ?? "")) return notConcerned;
    for (const kind of kinds) {
      const least = billionths(thresholds.resources.requests[kind]) ?? 0n;
      const most = billionths(thresholds.resources.limits[kind]) ?? 0n;
      const request = podAmount(pod, "requests", kind) ?? 0n;
      const limit = podAmount(pod, "limits", kind);
      if (request < least) {
        complain(`${pod.title} requests ${text[kind](request)} ${kind}: request at least ${text[kind](least)}.`);
      }
      if (limit === undefined || limit > most) {
        complain(`${pod.title} ${limitText(kind, limit)}: limit it to at most ${text[kind](most)}.`);
      }
    }
    return undefined;
  },
});

function limitText(kind: Resource, limit: bigint | undefined): string {
  return limit === undefined ? `has no limit of ${kind}` : `is limited to ${text[kind](limit)} ${kind}`;
}
