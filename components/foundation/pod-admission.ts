// What pods in capabilities' namespaces may be, as the cluster sees them when they start: charts and people included.
import type * as pulumi from "@pulumi/pulumi";
import { admissionPolicy, allContainers } from "./admission-policy.ts";

const containers = { containers: allContainers };

/** No pod reaches its node: neither as root, nor privileged, nor by the node's network, processes or files (AUD-SEC-02). */
export function restrictHostAccess(name: string, opts: pulumi.CustomResourceOptions): void {
  const pod = "has(object.spec.securityContext)";
  const off = (field: string) => `(!has(object.spec.${field}) || !object.spec.${field})`;
  admissionPolicy(
    `${name}-host-access`,
    {
      policyName: "apg-host-access",
      resources: ["pods", "pods/ephemeralcontainers"],
      variables: {
        ...containers,
        nonRootPod: `${pod} && has(object.spec.securityContext.runAsNonRoot) && object.spec.securityContext.runAsNonRoot`,
      },
      validations: [
        {
          expression:
            "variables.containers.all(c, has(c.securityContext) && has(c.securityContext.runAsNonRoot) ? c.securityContext.runAsNonRoot : variables.nonRootPod)",
          message: "every container needs securityContext.runAsNonRoot: true, its own or the pod's (AUD-SEC-02)",
        },
        {
          expression:
            `(!${pod} || !has(object.spec.securityContext.runAsUser) || object.spec.securityContext.runAsUser != 0)` +
            " && variables.containers.all(c, !has(c.securityContext) || !has(c.securityContext.runAsUser) || c.securityContext.runAsUser != 0)",
          message: "no container may run as user 0 (AUD-SEC-02)",
        },
        {
          expression:
            "variables.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)",
          message: "no container may be privileged (AUD-SEC-02)",
        },
        {
          expression:
            "variables.containers.all(c, has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && !c.securityContext.allowPrivilegeEscalation)",
          message: "every container needs securityContext.allowPrivilegeEscalation: false (AUD-SEC-02)",
        },
        {
          expression: ["hostNetwork", "hostPID", "hostIPC"].map(off).join(" && "),
          message: "hostNetwork, hostPID and hostIPC may not be set (AUD-SEC-02)",
        },
        {
          expression:
            "variables.containers.all(c, !has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0))",
          message: "no container may have a hostPort (AUD-SEC-02)",
        },
        {
          expression: "!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))",
          message: "no volume may be a hostPath (AUD-SEC-02)",
        },
      ],
    },
    opts,
  );
}

/** Every container says what it needs and what it may have (AUD-PROD-03, CV-MAN-06). */
export function restrictResources(name: string, opts: pulumi.CustomResourceOptions): void {
  const set = (kind: string) =>
    `has(c.resources) && has(c.resources.${kind}) && "cpu" in c.resources.${kind} && "memory" in c.resources.${kind}`;
  // A container for debugging has no resources.
  const counted = "object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])";
  admissionPolicy(
    `${name}-resources`,
    {
      policyName: "apg-resources",
      resources: ["pods"],
      variables: { containers: counted },
      validations: [
        {
          expression: `variables.containers.all(c, ${set("requests")})`,
          message: "every container needs resources.requests of cpu and memory (AUD-PROD-03, CV-MAN-06)",
        },
        {
          expression: `variables.containers.all(c, ${set("limits")})`,
          message: "every container needs resources.limits of cpu and memory (AUD-PROD-03, CV-MAN-06)",
        },
      ],
    },
    opts,
  );
}

/** Pods of operators, which call the API by their nature, by a label that they have. */
const operatorsPods = ["cnpg.io/cluster"];
/** What a pod says that calls the API for a reason of its own. */
const reason = "apg.io/calls-kubernetes-api";

/** No pod holds a token for the Kubernetes API unless it says why it calls it (AUD-SEC-05). */
export function restrictTokens(name: string, opts: pulumi.CustomResourceOptions): void {
  const labelled = operatorsPods.map((label) => `"${label}" in object.metadata.labels`).join(" || ");
  admissionPolicy(
    `${name}-tokens`,
    {
      policyName: "apg-tokens",
      resources: ["pods"],
      variables: {
        calls:
          `(has(object.metadata.annotations) && "${reason}" in object.metadata.annotations && object.metadata.annotations["${reason}"] != "")` +
          ` || (has(object.metadata.labels) && (${labelled}))`,
      },
      validations: [
        {
          expression:
            "variables.calls || (has(object.spec.automountServiceAccountToken) && !object.spec.automountServiceAccountToken)",
          message: `the pod needs automountServiceAccountToken: false, or the annotation ${reason} with its reason (AUD-SEC-05)`,
        },
      ],
    },
    opts,
  );
}
