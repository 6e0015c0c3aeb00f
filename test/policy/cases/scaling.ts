import { add, all, drop, set, unset } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import { deployment, namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";

const autoscaler = `HorizontalPodAutoscaler "${namespace}/api"`;
const scaledObject = resource("keda.sh/v1alpha1:ScaledObject", "keda", {
  metadata: { name: "api", namespace },
  spec: {
    scaleTargetRef: { name: "api" },
    minReplicaCount: 3,
    maxReplicaCount: 10,
    triggers: [
      { type: "cpu", metricType: "Utilization", metadata: { value: "70" } },
      { type: "memory", metricType: "Utilization", metadata: { value: "80" } },
    ],
    advanced: {
      horizontalPodAutoscalerConfig: {
        behavior: {
          scaleUp: { policies: [{ type: "Pods", value: 4, periodSeconds: 15 }] },
          scaleDown: {
            stabilizationWindowSeconds: 300,
            selectPolicy: "Min",
            policies: [
              { type: "Pods", value: 4, periodSeconds: 60 },
              { type: "Percent", value: 50, periodSeconds: 120 },
            ],
          },
        },
      },
    },
  },
});
const byKeda = { when: "KEDA does it", change: all(drop("autoscaler"), add(scaledObject)) };

export const scalingCases: RuleCases[] = [
  {
    rule: "deployments-have-one-autoscaler",
    good: [byKeda],
    bad: [
      {
        when: "there is none",
        change: set("autoscaler", "spec.scaleTargetRef.name", "worker"),
        on: "deployment",
        says: [`${deployment} is not scaled: declare a HorizontalPodAutoscaler whose scaleTargetRef names it.`],
      },
      {
        when: "it is in another namespace",
        change: set("autoscaler", "metadata.namespace", "apg-audio-processing-other"),
        on: "deployment",
        says: [`${deployment} is not scaled: declare a HorizontalPodAutoscaler whose scaleTargetRef names it.`],
      },
      {
        when: "there are two",
        change: add(scaledObject),
        on: "deployment",
        says: [
          `${deployment} is scaled by ${autoscaler} and ScaledObject "${namespace}/api", which work against each other: keep one of them.`,
        ],
      },
    ],
  },
  {
    rule: "autoscaled-workloads-leave-replicas-open",
    bad: [
      {
        when: "the Deployment sets them",
        change: set("deployment", "spec.replicas", 3),
        on: "deployment",
        says: [`${deployment} sets spec.replicas, which ${autoscaler} owns: remove it.`],
      },
    ],
  },
  {
    rule: "autoscalers-keep-the-replica-bounds",
    good: [byKeda],
    bad: [
      {
        when: "they are wider",
        change: all(set("autoscaler", "spec.minReplicas", 2), set("autoscaler", "spec.maxReplicas", 15)),
        on: "autoscaler",
        says: [
          `${autoscaler} may go down to 2 pods: keep at least 3.`,
          `${autoscaler} may go up to 15 pods: allow at most 10.`,
        ],
      },
      {
        when: "the minimum is left to Kubernetes",
        change: unset("autoscaler", "spec.minReplicas"),
        on: "autoscaler",
        says: [`${autoscaler} may go down to 1 pods: keep at least 3.`],
      },
      {
        when: "they are the wrong way round",
        change: all(set("autoscaler", "spec.minReplicas", 6), set("autoscaler", "spec.maxReplicas", 5)),
        on: "autoscaler",
        says: [`${autoscaler} has a maximum of 5 below its minimum of 6: raise the maximum.`],
      },
      {
        when: "KEDA may scale to nothing",
        change: all(byKeda.change, unset("keda", "spec.minReplicaCount")),
        on: "keda",
        says: [`ScaledObject "${namespace}/api" may go down to 0 pods: keep at least 3.`],
      },
    ],
  },
  {
    rule: "autoscalers-use-the-thresholds",
    good: [
      byKeda,
      {
        when: "it scales earlier",
        change: set("autoscaler", "spec.metrics.0.resource.target.averageUtilization", 60),
      },
    ],
    bad: [
      {
        when: "it scales late",
        change: set("autoscaler", "spec.metrics.0.resource.target.averageUtilization", 90),
        on: "autoscaler",
        says: [`${autoscaler} scales by cpu at 90%: set its average utilization to 70%.`],
      },
      {
        when: "it does not look at memory",
        change: unset("autoscaler", "spec.metrics.1"),
        on: "autoscaler",
        says: [`${autoscaler} does not scale by memory: add a target of 80% average utilization.`],
      },
    ],
  },
  {
    rule: "autoscalers-scale-up-fast-and-down-slowly",
    good: [byKeda],
    bad: [
      {
        when: "it says nothing",
        change: unset("autoscaler", "spec.behavior"),
        on: "autoscaler",
        says: [
          `${autoscaler} has no explicit policy for adding pods: set behavior.scaleUp.policies.`,
          `${autoscaler} may remove pods after an unstated number of s: set behavior.scaleDown.stabilizationWindowSeconds to at least 300.`,
          `${autoscaler} may remove more than 25% of the pods per 60 s: set behavior.scaleDown.policies to one of that size.`,
        ],
      },
      {
        when: "it hesitates to add pods",
        change: set("autoscaler", "spec.behavior.scaleUp.stabilizationWindowSeconds", 120),
        on: "autoscaler",
        says: [
          `${autoscaler} waits 120 s before it adds pods: set behavior.scaleUp.stabilizationWindowSeconds to at most 60.`,
        ],
      },
      {
        when: "one of the policies, of which the largest counts, removes pods fast",
        change: set("autoscaler", "spec.behavior.scaleDown.policies.1", { type: "Pods", value: 4, periodSeconds: 60 }),
        on: "autoscaler",
        says: [
          `${autoscaler} may remove more than 25% of the pods per 60 s: set behavior.scaleDown.policies to one of that size.`,
        ],
      },
    ],
  },
];
