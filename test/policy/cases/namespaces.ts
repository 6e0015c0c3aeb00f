import { add, all, copy, drop, set, unset } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import { inProduction, namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";

const title = `Namespace "${namespace}"`;
const label = (name: string, value: string) => set("namespace", ["metadata", "labels", name], value);
const quota = `ResourceQuota "${namespace}/quota"`;

export const namespaceCases: RuleCases[] = [
  {
    rule: "namespaces-enforce-pod-security",
    bad: [
      {
        when: "it enforces a weaker standard",
        change: label("pod-security.kubernetes.io/enforce", "baseline"),
        on: "namespace",
        says: [
          `${title} does not enforce pod security: set its label pod-security.kubernetes.io/enforce to restricted.`,
        ],
      },
      {
        when: "the version is the cluster's",
        change: label("pod-security.kubernetes.io/enforce-version", "latest"),
        on: "namespace",
        says: [
          `${title} follows whatever version of the standard the cluster has: set its label pod-security.kubernetes.io/enforce-version to a version such as v1.36.`,
        ],
      },
    ],
  },
  {
    rule: "namespaces-are-named-after-their-capability",
    good: [inProduction],
    bad: [
      {
        when: "it is called otherwise",
        change: label("apg.io/environment", "staging"),
        on: "namespace",
        says: [`${title} must be called apg-audio-processing-staging, after its labels: rename it.`],
      },
      {
        when: "it does not say whose it is",
        change: unset("namespace", ["metadata", "labels", "apg.io/capability"]),
        on: "namespace",
        says: [`${title} does not say whose it is: label it apg.io/capability and apg.io/environment.`],
      },
    ],
  },
  {
    rule: "resources-are-in-their-capabilitys-namespace",
    good: [inProduction],
    bad: [
      {
        when: "it is in another capability's",
        change: set("service", "metadata.namespace", "apg-vision-test"),
        on: "service",
        says: [
          `Service "apg-vision-test/api" belongs to audio-processing and is in the namespace apg-vision-test: move it to apg-audio-processing-test.`,
        ],
      },
      {
        when: "no namespace is set",
        change: all(unset("role", "metadata.namespace"), unset("role", "metadata.labels")),
        on: "role",
        says: [`Role "operators" is in the namespace default: set metadata.namespace to its capability's.`],
      },
    ],
  },
  {
    rule: "the-cluster-refuses-unsafe-pods",
    bad: [
      {
        when: "the policy only warns",
        change: set("admission-binding", "spec.validationActions", ["Warn"]),
        on: "namespace",
        says: [
          `${title} is not guarded by the cluster: declare a ValidatingAdmissionPolicy for pods with failurePolicy Fail, and a ValidatingAdmissionPolicyBinding with validationActions [Deny].`,
        ],
      },
      {
        when: "the policy gives way when it fails",
        change: set("admission", "spec.failurePolicy", "Ignore"),
        on: "namespace",
        says: [
          `${title} is not guarded by the cluster: declare a ValidatingAdmissionPolicy for pods with failurePolicy Fail, and a ValidatingAdmissionPolicyBinding with validationActions [Deny].`,
        ],
      },
    ],
  },
  {
    rule: "charts-are-rendered",
    proves: "nothing",
    bad: [
      {
        when: "a chart is installed as a release",
        change: add(resource("helm.sh/v3:Release", "redis", { chart: "redis", namespace })),
        on: "redis",
        says: [`Release "redis" hides what it installs from every rule: use helm.v4.Chart, which renders the chart.`],
      },
    ],
  },
  {
    rule: "namespaces-have-a-quota-and-a-limit-range",
    bad: [
      {
        when: "there is neither",
        change: all(drop("quota"), drop("limits")),
        on: "namespace",
        says: [
          `${title} has no quota: declare a ResourceQuota without scopes in it.`,
          `${title} has 0 limit ranges: declare exactly one LimitRange.`,
        ],
      },
      {
        when: "the quota is for some pods only",
        change: set("quota", "spec.scopes", ["BestEffort"]),
        on: "namespace",
        says: [`${title} has no quota: declare a ResourceQuota without scopes in it.`],
      },
      {
        when: "entries are missing",
        change: all(
          unset("quota", ["spec", "hard", "limits.memory"]),
          unset("quota", ["spec", "hard", "persistentvolumeclaims"]),
        ),
        on: "namespace",
        says: [`${quota} sets no limits.memory, no persistentvolumeclaims: add it to spec.hard.`],
      },
      {
        when: "there are two",
        change: copy("quota", "second"),
        on: "namespace",
        says: [`${title} has 2 quotas: keep one, so that one place says what fits.`],
      },
      {
        when: "another stack owns the namespace and nobody guards it",
        change: all(drop("namespace"), drop("limits")),
        on: "deployment",
        says: [`${title} has 0 limit ranges: declare exactly one LimitRange.`],
      },
    ],
  },
  {
    rule: "quotas-fit-the-workloads-at-full-scale",
    bad: [
      {
        when: "it fits the minimum only",
        change: all(
          set("quota", ["spec", "hard", "limits.cpu"], "6"),
          set("quota", ["spec", "hard", "requests.memory"], "10239Mi"),
          set("quota", ["spec", "hard", "pods"], 3),
        ),
        on: "quota",
        says: [
          `${quota} allows 3 of pods and the workloads need 10 at full scale: raise it.`,
          `${quota} allows 10239Mi of requests.memory and the workloads need 10Gi at full scale: raise it.`,
          `${quota} allows 6 of limits.cpu and the workloads need 20 at full scale: raise it.`,
        ],
      },
      {
        when: "a second workload takes it over",
        change: copy(
          "deployment",
          "worker",
          set("worker", "metadata.name", "worker"),
          set("worker", "spec.replicas", 1),
        ),
        on: "quota",
        says: [
          `${quota} allows 10 of pods and the workloads need 11 at full scale: raise it.`,
          `${quota} allows 5 of requests.cpu and the workloads need 5500m at full scale: raise it.`,
          `${quota} allows 10Gi of requests.memory and the workloads need 11Gi at full scale: raise it.`,
          `${quota} allows 20 of limits.cpu and the workloads need 22 at full scale: raise it.`,
          `${quota} allows 40Gi of limits.memory and the workloads need 44Gi at full scale: raise it.`,
        ],
      },
    ],
  },
  {
    rule: "limit-ranges-cap-every-pod",
    bad: [
      {
        when: "it caps containers only",
        change: set("limits", "spec.limits.0.type", "Container"),
        on: "limits",
        says: [
          `LimitRange "${namespace}/limits" does not cap a pod's cpu: set max.cpu of type Pod to at most 2.`,
          `LimitRange "${namespace}/limits" does not cap a pod's memory: set max.memory of type Pod to at most 4Gi.`,
        ],
      },
      {
        when: "the cap is too high",
        change: set("limits", "spec.limits.0.max.memory", "8Gi"),
        on: "limits",
        says: [
          `LimitRange "${namespace}/limits" does not cap a pod's memory: set max.memory of type Pod to at most 4Gi.`,
        ],
      },
    ],
  },
];
