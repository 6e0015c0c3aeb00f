import { all, set, unset } from "../fixtures.ts";
import { deployment, namespace, podPath } from "./case.ts";
import type { RuleCases } from "./case.ts";

const annotations = ["spec", "template", "metadata", "annotations"];

export const accountAndServiceCases: RuleCases[] = [
  {
    rule: "pods-have-their-own-service-account",
    bad: [
      {
        when: "it names none",
        change: unset("deployment", `${podPath}.serviceAccountName`),
        on: "deployment",
        says: [`${deployment} runs as the account default: declare one and name it in spec.serviceAccountName.`],
      },
      {
        when: "it names default",
        change: set("deployment", `${podPath}.serviceAccountName`, "default"),
        on: "deployment",
        says: [`${deployment} runs as the account default: declare one and name it in spec.serviceAccountName.`],
      },
    ],
  },
  {
    rule: "pods-mount-no-api-token",
    good: [
      {
        when: "the pod says why it calls the API",
        change: all(
          set("deployment", [...annotations, "apg.io/calls-kubernetes-api"], "lists its peers"),
          set("deployment", `${podPath}.automountServiceAccountToken`, true),
        ),
      },
      {
        when: "a projected token is for a cloud",
        change: set("deployment", `${podPath}.volumes`, [
          { name: "aws", projected: { sources: [{ serviceAccountToken: { audience: "sts.amazonaws.com" } }] } },
        ]),
      },
    ],
    bad: [
      {
        when: "the pod does not say no",
        change: unset("deployment", `${podPath}.automountServiceAccountToken`),
        on: "deployment",
        says: [`${deployment} mounts a token for the Kubernetes API: set automountServiceAccountToken to false.`],
      },
      {
        when: "a volume projects a token",
        change: set("deployment", `${podPath}.volumes`, [
          { name: "token", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } },
        ]),
        on: "deployment",
        says: [
          `${deployment} projects a token for the Kubernetes API into a volume: remove it or give it an audience.`,
        ],
      },
    ],
  },
  {
    rule: "services-are-internal",
    bad: [
      {
        when: "it is a load balancer",
        change: set("service", "spec.type", "LoadBalancer"),
        on: "service",
        says: [
          `Service "${namespace}/api" is of type LoadBalancer: set spec.type to ClusterIP and reach it through the gateway.`,
        ],
      },
      {
        when: "it has external addresses",
        change: set("service", "spec.externalIPs", ["203.0.113.1"]),
        on: "service",
        says: [`Service "${namespace}/api" has external addresses: remove spec.externalIPs.`],
      },
    ],
  },
  {
    rule: "services-prefer-their-zone",
    good: [
      {
        when: "it is headless",
        change: all(set("service", "spec.clusterIP", "None"), unset("service", "spec.trafficDistribution")),
      },
    ],
    bad: [
      {
        when: "nothing is said",
        change: unset("service", "spec.trafficDistribution"),
        on: "service",
        says: [
          `Service "${namespace}/api" sends traffic across zones: set spec.trafficDistribution to PreferSameZone.`,
        ],
      },
    ],
  },
];
