// Karpenter's pools of nodes: within limits, renewed in the window, with room for what is forecast, and GPUs for who needs them.
import { durationSeconds, longestGap } from "../../checklist/cron.ts";
import { billionths, cpuText, memoryText } from "../../checklist/quantity.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { isGpuPool, leastOf, requirementsOf } from "../lib/node-pools.ts";
import { windowProblem } from "../lib/maintenance.ts";

const { minCpu, minMemoryGib, maxNodeHours } = thresholds.cluster;
const { headroom } = thresholds.quota;

export const nodePoolsAreLimited = objectRule({
  name: "node-pools-have-limits-and-shrink",
  decides: ["AUD-SCALE-03", "CV-SCALE-05"],
  severity: "high",
  description: "Every NodePool has limits, and gives back nodes that are empty or little used.",
  fix: "Set spec.limits.cpu, spec.limits.memory, and spec.disruption.consolidationPolicy to WhenEmptyOrUnderutilized.",
  kinds: ["NodePool"],
  check: ({ title, spec }, complain) => {
    const missing = ["cpu", "memory"].filter((key) => spec.get("limits").get(key).quantity() === undefined);
    if (missing.length > 0)
      complain(`${title} may grow for ever: set spec.limits.${missing.join(" and spec.limits.")}.`);
    if (spec.at("disruption.consolidationPolicy").string() !== "WhenEmptyOrUnderutilized")
      complain(
        `${title} keeps nodes that nobody needs: set spec.disruption.consolidationPolicy to WhenEmptyOrUnderutilized.`,
      );
  },
});

export const nodesAreRenewed = objectRule({
  name: "nodes-are-renewed-monthly",
  decides: ["CV-AUDIT-05", "CV-MAINT-01"],
  severity: "high",
  description: `No node of a NodePool is older than ${maxNodeHours} hours.`,
  fix: `Set spec.template.spec.expireAfter to at most ${maxNodeHours}h.`,
  kinds: ["NodePool"],
  check: ({ title, spec }, complain) => {
    // Karpenter's own default is 720h.
    const after = spec.at("template.spec.expireAfter").string() ?? "720h";
    const seconds = durationSeconds(after);
    if (seconds === undefined || seconds > maxNodeHours * 3600)
      complain(`${title} keeps nodes for ${after}: set spec.template.spec.expireAfter to at most ${maxNodeHours}h.`);
  },
});

export const nodePoolsChooseLargeNodes = objectRule({
  name: "node-pools-choose-large-nodes",
  decides: ["CV-KUBE-02"],
  severity: "medium",
  description: `Every NodePool starts nodes of at least ${minCpu} processors and ${minMemoryGib} GiB.`,
  fix: `Add the requirements karpenter.k8s.aws/instance-cpu Gt ${minCpu - 1} and karpenter.k8s.aws/instance-memory Gt ${minMemoryGib * 1024 - 1}.`,
  kinds: ["NodePool"],
  check: ({ title, spec }, complain) => {
    for (const [key, least, unit] of [
      ["instance-cpu", minCpu, "processors"],
      ["instance-memory", minMemoryGib * 1024, "MiB"],
    ] as const) {
      const found = leastOf(requirementsOf(spec), `karpenter.k8s.aws/${key}`);
      if (found < least)
        complain(`${title} may start nodes of ${found} ${unit}: require karpenter.k8s.aws/${key} Gt ${least - 1}.`);
    }
  },
});

export const nodesChangeInTheWindow = stackRule({
  name: "nodes-change-in-the-maintenance-window",
  decides: [],
  contributesTo: ["AUD-SOP-04", "CV-MAINT-02", "CV-MONTH-05"],
  severity: "medium",
  description: "Nodes are replaced for maintenance in the window of apg:maintenanceWindow alone.",
  fix: 'Set apg:maintenanceWindow, and a budget of spec.disruption with nodes "0" from its end to its next start.',
  subjects: ["NodePool"],
  check: (pool, stack, complain) => {
    const window = stack.config.maintenanceWindow;
    if (window === undefined) {
      complain(`${pool.title} is maintained at any time: set apg:maintenanceWindow to a schedule and a duration.`);
      return;
    }
    if (longestGap(window.schedule) === undefined || durationSeconds(window.duration) === undefined) {
      complain(
        `${pool.title} has no window that comes again: set apg:maintenanceWindow to such as {schedule: "0 2 * * 0", duration: 4h}.`,
      );
      return;
    }
    const problem = windowProblem(window, pool.spec.at("disruption.budgets").list());
    if (problem !== undefined) complain(`${pool.title} ${problem}.`);
  },
});

const text = { cpu: cpuText, memory: memoryText };

export const nodePoolsCoverTheForecast = stackRule({
  name: "node-pools-cover-the-forecast",
  decides: [],
  contributesTo: ["CV-SCALE-08"],
  severity: "medium",
  description: `All NodePools together may grow to ${headroom} times the peak that is forecast in apg:forecastPeak.`,
  fix: "Raise spec.limits, or correct apg:forecastPeak.",
  subjects: (stack) =>
    stack
      .ofKind("NodePool")
      .filter((pool) => !isGpuPool(pool))
      .slice(0, 1),
  check: (pool: KubernetesObject, stack, complain) => {
    const peak = stack.config.forecastPeak;
    const pools = stack.ofKind("NodePool").filter((each) => !isGpuPool(each));
    for (const kind of ["cpu", "memory"] as const) {
      const forecast = peak?.[kind] === undefined ? undefined : billionths(peak[kind]);
      if (forecast === undefined) {
        complain(
          `${pool.title} is planned by no forecast of ${kind}: set apg:forecastPeak.${kind} to the peak of the next 90 days.`,
        );
        continue;
      }
      const most = pools.reduce((sum, { spec }) => sum + (spec.get("limits").get(kind).quantity() ?? 0n), 0n);
      const wanted = (forecast * BigInt(Math.round(headroom * 10))) / 10n;
      if (most < wanted)
        complain(
          `${pool.title} and others may grow to ${text[kind](most)} of ${kind}, and ${text[kind](wanted)} are needed: raise spec.limits.${kind}.`,
        );
    }
  },
});

const gpuTaint = "nvidia.com/gpu";
const plugin = "nvidia-device-plugin";

export const gpuPoolsAreKept = stackRule({
  name: "gpu-nodes-are-kept-for-gpu-work",
  decides: [],
  contributesTo: ["CV-MODEL-05"],
  severity: "high",
  description:
    "Nodes with GPUs have a taint, so that only what needs a GPU runs there, and a device plugin that offers it.",
  fix: `Set the taint ${gpuTaint}, and declare the DaemonSet ${plugin}.`,
  subjects: ["NodePool"],
  check: (pool, stack, complain) => {
    if (!isGpuPool(pool)) {
      const pools = stack.ofKind("NodePool");
      if (!stack.config.needsGpu || pools[0]?.resource !== pool.resource || pools.some(isGpuPool)) return notConcerned;
      complain(
        `${pool.title} and others have no GPUs, which stack config asks for: declare a NodePool of such families.`,
      );
      return undefined;
    }
    const taints = pool.spec.at("template.spec.taints").list();
    const kept = taints.some(
      (taint) =>
        taint.get("key").string() === gpuTaint && /^No(Schedule|Execute)$/.test(taint.get("effect").string() ?? ""),
    );
    if (!kept)
      complain(`${pool.title} runs anything on nodes with GPUs: set the taint ${gpuTaint} with effect NoSchedule.`);
    const plugins = stack.ofKind("DaemonSet").filter((each) => each.label("app.kubernetes.io/name") === plugin);
    if (plugins.length === 0)
      complain(`${pool.title} has GPUs that no pod can ask for: declare the DaemonSet ${plugin}.`);
    return undefined;
  },
});
