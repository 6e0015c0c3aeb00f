// Karpenter's pools of nodes.
import { add, all, copy, set, unset } from "../fixtures.ts";
import { pool } from "../good-foundation.ts";
import { resource } from "../resource.ts";
import type { RuleCases } from "./case.ts";

const requirements = "spec.template.spec.requirements";
const budget = "spec.disruption.budgets.0";
const gpuPool = pool("gpu", [{ key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["g6"] }], {
  taints: [{ key: "nvidia.com/gpu", effect: "NoSchedule" }],
});
const devicePlugin = resource("apps/v1:DaemonSet", "plugin", {
  metadata: { name: "nvidia-device-plugin", labels: { "app.kubernetes.io/name": "nvidia-device-plugin" } },
});

export const nodePoolCases: RuleCases[] = [
  {
    rule: "node-pools-have-limits-and-shrink",
    of: "foundation",
    bad: [
      {
        when: "it has no limits",
        change: unset("general", "spec.limits"),
        on: "general",
        says: ['NodePool "general" may grow for ever: set spec.limits.cpu and spec.limits.memory.'],
      },
      {
        when: "nodes are kept until they are empty",
        change: set("general", "spec.disruption.consolidationPolicy", "WhenEmpty"),
        on: "general",
        says: [
          'NodePool "general" keeps nodes that nobody needs: set spec.disruption.consolidationPolicy to WhenEmptyOrUnderutilized.',
        ],
      },
    ],
  },
  {
    rule: "nodes-are-renewed-monthly",
    of: "foundation",
    good: [{ when: "Karpenter's default is kept", change: unset("general", "spec.template.spec.expireAfter") }],
    bad: [
      {
        when: "nodes live on",
        change: set("general", "spec.template.spec.expireAfter", "Never"),
        on: "general",
        says: ['NodePool "general" keeps nodes for Never: set spec.template.spec.expireAfter to at most 720h.'],
      },
      {
        when: "nodes live for two months",
        change: set("general", "spec.template.spec.expireAfter", "1440h"),
        on: "general",
        says: ['NodePool "general" keeps nodes for 1440h: set spec.template.spec.expireAfter to at most 720h.'],
      },
    ],
  },
  {
    rule: "node-pools-choose-large-nodes",
    of: "foundation",
    good: [
      {
        when: "sizes are listed",
        change: set("general", `${requirements}.0`, {
          key: "karpenter.k8s.aws/instance-cpu",
          operator: "In",
          values: ["4", "8"],
        }),
      },
    ],
    bad: [
      {
        when: "small ones are listed",
        change: set("general", `${requirements}.0`, {
          key: "karpenter.k8s.aws/instance-cpu",
          operator: "In",
          values: ["2", "8"],
        }),
        on: "general",
        says: ['NodePool "general" may start nodes of 2 processors: require karpenter.k8s.aws/instance-cpu Gt 3.'],
      },
      {
        when: "memory is not said",
        change: unset("general", `${requirements}.1`),
        on: "general",
        says: ['NodePool "general" may start nodes of 0 MiB: require karpenter.k8s.aws/instance-memory Gt 16383.'],
      },
    ],
  },
  {
    rule: "nodes-change-in-the-maintenance-window",
    of: "foundation",
    good: [
      { when: "all reasons wait for the window", change: unset("general", `${budget}.reasons`) },
      {
        when: "the window is of a month",
        change: all(
          set("config", "configured.maintenanceWindow", { schedule: "0 0 1 * *", duration: "24h" }),
          set("general", "spec.disruption.budgets", [{ nodes: "0", schedule: "0 0 2-31 * *", duration: "24h" }]),
        ),
      },
    ],
    bad: [
      {
        when: "there is none",
        change: unset("config", "configured.maintenanceWindow"),
        on: "general",
        says: ['NodePool "general" is maintained at any time: set apg:maintenanceWindow to a schedule and a duration.'],
      },
      {
        when: "it never comes again",
        change: set("config", "configured.maintenanceWindow.schedule", "next Sunday"),
        on: "general",
        says: [
          'NodePool "general" has no window that comes again: set apg:maintenanceWindow to such as {schedule: "0 2 * * 0", duration: 4h}.',
        ],
      },
      {
        when: "nodes change before it",
        change: set("general", `${budget}.duration`, "160h"),
        on: "general",
        says: [
          `NodePool "general" replaces nodes outside the window, at 22:00 on a Saturday: set a budget with nodes "0" from the window's end to its next start.`,
        ],
      },
      {
        when: "only empty nodes wait for it",
        change: set("general", `${budget}.reasons`, ["Empty"]),
        on: "general",
        says: [
          `NodePool "general" replaces nodes outside the window, at 00:00 on a Monday: set a budget with nodes "0" from the window's end to its next start.`,
        ],
      },
      {
        when: "no node ever changes",
        change: all(unset("general", `${budget}.schedule`), unset("general", `${budget}.duration`)),
        on: "general",
        says: [
          `NodePool "general" replaces no node even in the window: let its budget with nodes "0" end at the window's start.`,
        ],
      },
      {
        when: "nodes wait in the window too",
        change: set("general", `${budget}.duration`, "168h"),
        on: "general",
        says: [
          `NodePool "general" replaces no node even in the window: let its budget with nodes "0" end at the window's start.`,
        ],
      },
    ],
  },
  {
    rule: "node-pools-cover-the-forecast",
    of: "foundation",
    good: [
      {
        when: "two pools cover it together",
        change: all(
          copy("general", "second"),
          set("general", "spec.limits", { cpu: "32", memory: "128Gi" }),
          set("second", "spec.limits", { cpu: "32", memory: "128Gi" }),
        ),
      },
    ],
    bad: [
      {
        when: "there is none",
        change: unset("config", "configured.forecastPeak"),
        on: "general",
        says: [
          'NodePool "general" is planned by no forecast of cpu: set apg:forecastPeak.cpu to the peak of the next 90 days.',
          'NodePool "general" is planned by no forecast of memory: set apg:forecastPeak.memory to the peak of the next 90 days.',
        ],
      },
      {
        when: "it is more than nodes can be",
        change: set("config", "configured.forecastPeak", { cpu: "50", memory: "100Gi" }),
        on: "general",
        says: ['NodePool "general" and others may grow to 64 of cpu, and 65 are needed: raise spec.limits.cpu.'],
      },
    ],
  },
  {
    rule: "gpu-nodes-are-kept-for-gpu-work",
    of: "foundation",
    good: [{ when: "they are kept", change: all(set("config", "configured.gpu", true), add(gpuPool, devicePlugin)) }],
    bad: [
      {
        when: "there are none",
        change: set("config", "configured.nodePools", { gpu: {} }),
        on: "general",
        says: [
          'NodePool "general" and others have no GPUs, which stack config asks for: declare a NodePool of such families.',
        ],
      },
      {
        when: "anything runs there, and nothing finds the GPUs",
        change: all(add(gpuPool), unset("gpu", "spec.template.spec.taints")),
        on: "gpu",
        says: [
          'NodePool "gpu" runs anything on nodes with GPUs: set the taint nvidia.com/gpu with effect NoSchedule.',
          'NodePool "gpu" has GPUs that no pod can ask for: declare the DaemonSet nvidia-device-plugin.',
        ],
      },
    ],
  },
];
