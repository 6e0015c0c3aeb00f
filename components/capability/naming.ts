import { createHash } from "node:crypto";
import { capabilityLabel, environmentLabel, homeNamespace, partLabel } from "../../checklist/labels.ts";

/** Where a workload is reached, and by which labels network policies know its pods. */
export interface Endpoint {
  /** Namespace of the pods. */
  namespace: string;
  /** Labels that select exactly these pods. */
  podLabels: { [label: string]: string };
  /** TCP port, the same on the service and on the pods. */
  port: number;
  /** DNS name of the service inside the cluster. */
  host: string;
}

/** What a workload's names and labels are made of. */
export interface WorkloadIdentity {
  /** Name of the capability. */
  capability: string;
  /** Name of the environment. */
  environment: string;
  /** Part of the capability that the workload is. */
  component: string;
}

/** The namespace of a capability, or of a part of it, in an environment (AUD-PROD-01). */
export const namespaceName = homeNamespace;

/** The name of a workload's Deployment, Service and everything else that there is one of. */
export function workloadName({ capability, component }: Pick<WorkloadIdentity, "capability" | "component">): string {
  return `${capability}-${component}`;
}

/** Labels of everything in a capability's namespace, the namespace included. */
export function capabilityLabels(capability: string, environment: string, part?: string): { [label: string]: string } {
  return {
    [capabilityLabel]: capability,
    [environmentLabel]: environment,
    ...(part !== undefined && { [partLabel]: part }),
    "app.kubernetes.io/managed-by": "pulumi",
    "app.kubernetes.io/part-of": "apg-platform",
  };
}

/** Labels that select a workload's pods; they never change during its life. */
export function selectorLabels({ capability, component }: WorkloadIdentity): { [label: string]: string } {
  return { "app.kubernetes.io/name": capability, "app.kubernetes.io/component": component };
}

/** Labels of everything that belongs to a workload (CV-MAN-01). */
export function workloadLabels(identity: WorkloadIdentity): { [label: string]: string } {
  return { ...capabilityLabels(identity.capability, identity.environment), ...selectorLabels(identity) };
}

/**
 * The endpoint that a workload has or will have. It follows from names alone, so that two capabilities may each name
 * the other in their network policies.
 */
export function endpointOf(identity: WorkloadIdentity, port: number): Endpoint {
  const namespace = namespaceName(identity.capability, identity.environment);
  return {
    namespace,
    podLabels: selectorLabels(identity),
    port,
    host: `${workloadName(identity)}.${namespace}.svc`,
  };
}

/** A name that changes with the content, so that a change of an immutable object makes a new one (AUD-EXEC-03, CV-MAN-03). */
export function contentName(prefix: string, data: { [key: string]: string }): string {
  const sorted = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${prefix}-${createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 10)}`;
}

/** The version in an image reference that has one. */
export function versionOf(image: string): string {
  return /:([^:/@]+)(@|$)/.exec(image)?.[1] ?? "";
}
