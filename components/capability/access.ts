import { deepFrozen } from "../../checklist/thresholds.ts";

/** A rule of a Role. */
interface AccessRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const read = ["get", "list", "watch"];

/** What viewers may do: look at everything but secrets, and read logs. No wildcards (AUD-SEC-05, CV-SECRET-03). */
export const viewerRules: readonly AccessRule[] = deepFrozen([
  {
    apiGroups: [""],
    resources: [
      "configmaps",
      "endpoints",
      "events",
      "limitranges",
      "pods",
      "resourcequotas",
      "serviceaccounts",
      "services",
    ],
    verbs: read,
  },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: ["apps"], resources: ["deployments", "replicasets", "statefulsets"], verbs: read },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: read },
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: read },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: read },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: read },
]);

/**
 * What operators may do beyond viewers: replace a pod. What runs, and with which settings, is changed by the program
 * alone: who may patch a Deployment may read every secret of its namespace.
 */
export const operatorRules: readonly AccessRule[] = deepFrozen([
  ...viewerRules,
  { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
  { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
]);
