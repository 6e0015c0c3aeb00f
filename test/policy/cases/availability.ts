import { all, copy, drop, set, unset } from "../fixtures.ts";
import { container, containerPath, deployment, namespace, podPath } from "./case.ts";
import type { RuleCases } from "./case.ts";

const budget = `PodDisruptionBudget "${namespace}/api"`;
export const availabilityCases: RuleCases[] = [
  {
    rule: "deployments-roll-without-downtime",
    bad: [
      {
        when: "it stops everything first",
        change: set("deployment", "spec.strategy", { type: "Recreate" }),
        on: "deployment",
        says: [
          `${deployment} stops all pods before it starts new ones (Recreate): set spec.strategy.type to RollingUpdate.`,
        ],
      },
      {
        when: "it relies on what Kubernetes fills in",
        change: unset("deployment", "spec.strategy"),
        on: "deployment",
        says: [
          `${deployment} may run short of 25% of its pods during an update: set spec.strategy.rollingUpdate.maxUnavailable to 0.`,
        ],
      },
      {
        when: "no new pod may be started beside the old",
        change: set("deployment", "spec.strategy.rollingUpdate.maxSurge", 0),
        on: "deployment",
        says: [
          `${deployment} cannot start a new pod beside the old: set spec.strategy.rollingUpdate.maxSurge to at least 1.`,
        ],
      },
      {
        when: "it is hasty and nobody waits for it",
        change: all(
          unset("deployment", "spec.minReadySeconds"),
          set("deployment", ["metadata", "annotations", "pulumi.com/skipAwait"], "true"),
        ),
        on: "deployment",
        says: [
          `${deployment} counts a pod as available after 0 s: set spec.minReadySeconds to at least 10.`,
          `${deployment} is not waited for: remove the annotation pulumi.com/skipAwait.`,
        ],
      },
      {
        when: "a pod stops at once",
        change: all(
          set("deployment", `${podPath}.terminationGracePeriodSeconds`, 5),
          unset("deployment", `${containerPath}.lifecycle`),
        ),
        on: "deployment",
        says: [
          `${deployment} gives a stopping pod 5 s: set terminationGracePeriodSeconds to at least 30.`,
          `${container} stops while requests are still on their way to it: add a preStop hook that waits for them.`,
        ],
      },
    ],
  },
  {
    rule: "deployments-can-be-traced-and-rolled-back",
    bad: [
      {
        when: "it has no version, selector or history",
        change: all(
          unset("deployment", ["metadata", "labels", "app.kubernetes.io/version"]),
          unset("deployment", "spec.selector"),
          set("deployment", "spec.revisionHistoryLimit", 0),
        ),
        on: "deployment",
        says: [
          `${deployment} lacks the labels app.kubernetes.io/version: add them.`,
          `${deployment} has no spec.selector: set it to labels that never change.`,
          `${deployment} keeps 0 old revisions: set spec.revisionHistoryLimit to at least 3.`,
        ],
      },
    ],
  },
  {
    rule: "workloads-spread-over-zones-and-hosts",
    bad: [
      {
        when: "hosts are not spread over",
        change: unset("deployment", `${podPath}.topologySpreadConstraints.1`),
        on: "deployment",
        says: [
          `${deployment} may run on one kubernetes.io/hostname: add a topology spread constraint that selects its own pods.`,
        ],
      },
      {
        when: "the constraint is about other pods",
        change: set(
          "deployment",
          [
            ...podPath.split("."),
            "topologySpreadConstraints",
            "1",
            "labelSelector",
            "matchLabels",
            "app.kubernetes.io/component",
          ],
          "worker",
        ),
        on: "deployment",
        says: [
          `${deployment} may run on one kubernetes.io/hostname: add a topology spread constraint that selects its own pods.`,
        ],
      },
      {
        when: "zones are a wish, and uneven",
        change: all(
          set("deployment", `${podPath}.topologySpreadConstraints.0.whenUnsatisfiable`, "ScheduleAnyway"),
          set("deployment", `${podPath}.topologySpreadConstraints.0.maxSkew`, 2),
        ),
        on: "deployment",
        says: [
          `${deployment} spreads over topology.kubernetes.io/zone with maxSkew 2: set it to 1.`,
          `${deployment} spreads over zones only if it is easy: set whenUnsatisfiable to DoNotSchedule.`,
        ],
      },
    ],
  },
  {
    rule: "data-and-gpu-pods-have-their-nodes",
    good: [
      {
        when: "a GPU pod demands its nodes by affinity",
        change: all(
          set("deployment", [...containerPath.split("."), "resources", "limits", "nvidia.com/gpu"], 1),
          set("deployment", `${podPath}.affinity.nodeAffinity`, {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: "apg.io/pool", operator: "In", values: ["gpu"] }] }],
            },
          }),
          set("deployment", `${podPath}.tolerations`, [{ key: "nvidia.com/gpu" }]),
        ),
      },
      {
        when: "a GPU pod chooses its nodes",
        change: all(
          set("deployment", [...containerPath.split("."), "resources", "limits", "nvidia.com/gpu"], 1),
          set("deployment", `${podPath}.nodeSelector`, { pool: "gpu" }),
          set("deployment", `${podPath}.tolerations`, [{ key: "nvidia.com/gpu" }]),
        ),
      },
    ],
    bad: [
      {
        when: "a pod with a volume claim runs anywhere",
        change: all(
          set("deployment", `${podPath}.volumes`, [{ name: "data", persistentVolumeClaim: { claimName: "data" } }]),
          set("deployment", `${podPath}.tolerations`, [{ key: "data" }]),
        ),
        on: "deployment",
        says: [
          `${deployment} holds data and may run anywhere: add a nodeSelector or required node affinity for its node pool.`,
        ],
      },
      {
        when: "a GPU pod only prefers its nodes",
        change: all(
          set("deployment", [...containerPath.split("."), "resources", "limits", "nvidia.com/gpu"], 1),
          set("deployment", `${podPath}.affinity.nodeAffinity`, {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                preference: { matchExpressions: [{ key: "apg.io/pool", operator: "In", values: ["gpu"] }] },
              },
            ],
          }),
          set("deployment", `${podPath}.tolerations`, [{ key: "nvidia.com/gpu" }]),
        ),
        on: "deployment",
        says: [
          `${deployment} uses a GPU and may run anywhere: add a nodeSelector or required node affinity for its node pool.`,
        ],
      },
      {
        when: "a GPU pod requires affinity to nothing",
        change: all(
          set("deployment", [...containerPath.split("."), "resources", "limits", "nvidia.com/gpu"], 1),
          set("deployment", `${podPath}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`, {
            nodeSelectorTerms: [],
          }),
          set("deployment", `${podPath}.tolerations`, [{ key: "nvidia.com/gpu" }]),
        ),
        on: "deployment",
        says: [
          `${deployment} uses a GPU and may run anywhere: add a nodeSelector or required node affinity for its node pool.`,
        ],
      },
      {
        when: "a GPU pod does not",
        change: set("deployment", [...containerPath.split("."), "resources", "limits", "nvidia.com/gpu"], 1),
        on: "deployment",
        says: [
          `${deployment} uses a GPU and may run anywhere: add a nodeSelector or required node affinity for its node pool.`,
          `${deployment} uses a GPU and tolerates no taint: add a toleration of its node pool's taint.`,
        ],
      },
    ],
  },
  {
    rule: "workloads-have-one-disruption-budget",
    good: [
      {
        when: "the budget selects by expression",
        change: set("budget", "spec.selector", {
          matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["api", "worker"] }],
        }),
      },
    ],
    bad: [
      {
        when: "the budget is for other pods",
        change: set("budget", "spec.selector", { matchLabels: { app: "worker" } }),
        on: "deployment",
        says: [`${deployment} has no disruption budget: declare a PodDisruptionBudget that selects its pods.`],
      },
      {
        when: "there are two",
        change: copy("budget", "second", set("second", "metadata.name", "second"), set("second", "spec.selector", {})),
        on: "deployment",
        says: [
          `${deployment} is covered by ${budget} and PodDisruptionBudget "${namespace}/second", and no pod under two budgets can be evicted: keep one.`,
        ],
      },
    ],
  },
  {
    rule: "disruption-budgets-can-be-kept",
    good: [
      {
        when: "one pod at a time may go",
        change: all(unset("budget", "spec.minAvailable"), set("budget", "spec.maxUnavailable", 1)),
      },
      { when: "the minimum is a percentage", change: set("budget", "spec.minAvailable", "60%") },
    ],
    bad: [
      {
        when: "broken pods block a drain",
        change: unset("budget", "spec.unhealthyPodEvictionPolicy"),
        on: "budget",
        says: [`${budget} lets broken pods block a drain: set unhealthyPodEvictionPolicy to AlwaysAllow.`],
      },
      {
        when: "it keeps every pod of the smallest scale",
        change: set("budget", "spec.minAvailable", 3),
        on: "budget",
        says: [
          `${budget} keeps 3 pods and ${deployment} may run no more than 3, so no node with one of them can be drained: raise the workload's minimum or lower minAvailable.`,
        ],
      },
      {
        when: "it keeps too few",
        change: set("budget", "spec.minAvailable", 1),
        on: "budget",
        says: [`${budget} keeps 1 of the pods of ${deployment}: set minAvailable to at least 2.`],
      },
      {
        when: "it states no minimum",
        change: unset("budget", "spec.minAvailable"),
        on: "budget",
        says: [`${budget} states no minimum: set minAvailable to 2 or more, or maxUnavailable to 1.`],
      },
      {
        when: "the only pod may go",
        change: all(drop("autoscaler"), unset("budget", "spec.minAvailable"), set("budget", "spec.maxUnavailable", 1)),
        on: "budget",
        says: [`${budget} lets the only pod of ${deployment} go: run at least 3 of them, and set minAvailable to 2.`],
      },
    ],
  },
];
