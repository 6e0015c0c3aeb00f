// Choices of the rules that no checklist gives a number or a list for. The checklists' own numbers are in
// checklist/thresholds.ts.

/** Components that run beside an application and have settings of their own, by `app.kubernetes.io/component`. */
export const infrastructureComponents: readonly string[] = ["model-server", "pooler", "postgres", "redis", "sentinel"];

/** Components that load models before they serve, and so need a startup probe (CV-MAN-07). */
export const slowStarters: readonly string[] = ["model-server"];

/** The environment whose namespaces prove what the checklists ask of production (AUD-PROD-01). */
export const productionEnvironment = "prod";

/** Address blocks with a shorter prefix than this are "everybody", however they are cut (CV-KUBE-04). */
export const shortestPrefix = { ipv4: 8, ipv6: 16 } as const;

/** Groups of the platform's own team; every other `apg:<name>:` group is a capability's, so a tenant's (AUD-APG-04). */
export const platformGroups = "apg:platform:";

/** Subjects that stand for everybody, or for all power. */
export const everybody: readonly string[] = ["system:anonymous", "system:authenticated", "system:unauthenticated"];
export const allPowerful: readonly string[] = ["system:masters"];

/** Annotation with which a pod asks, for a stated reason, for what the rule would refuse otherwise. */
export const exceptions = {
  /** Resources outside the checklist's range (CV-MAN-06). */
  limits: "apg.io/limits-exception",
  /** A token for the Kubernetes API, which the pod calls (AUD-SEC-05). */
  token: "apg.io/calls-kubernetes-api",
} as const;
