// What the mesh lets through, as texts of Istio's resources. Pure: who may call whom follows from the edges alone.
import { workloadName } from "../capability/naming.ts";
import type { NetworkPeer } from "../capability/network-policies.ts";

/** Domain of the identities in the mesh. */
const trustDomain = "cluster.local";

/** Where workloads of the mesh prove who they are: the tunnel between nodes. */
export const tunnelPort = 15008;

/** The identity of a service account. */
export function principal(namespace: string, serviceAccount: string): string {
  return `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/**
 * The identities behind a peer of an edge. A capability's workload has a service account of its name, which its labels tell;
 * of other pods only the namespace is known, and every account of it counts. Addresses outside have no identity.
 */
export function principalsOf({ namespace, podLabels = {}, cidr }: NetworkPeer, home: string): string[] {
  if (cidr !== undefined) return [];
  const [capability, component] = [podLabels["app.kubernetes.io/name"], podLabels["app.kubernetes.io/component"]];
  // Labels of other software may have the same keys; accounts of ours are in namespaces of ours.
  const of = namespace ?? home;
  const known = capability !== undefined && component !== undefined && of.startsWith(`apg-${capability}-`);
  return [principal(of, known ? workloadName({ capability, component }) : "*")];
}

/** Spec of the policy by which identities may call ports. */
export function allowance(principals: string[], ports: number[], podLabels?: { [label: string]: string }): object {
  return {
    ...(podLabels !== undefined && { selector: { matchLabels: podLabels } }),
    action: "ALLOW",
    rules: [
      {
        from: [{ source: { principals } }],
        ...(ports.length > 0 && { to: [{ operation: { ports: ports.map(String) } }] }),
      },
    ],
  };
}

/** How requests are spread over the pods of a service, and when one of them gets none for a while (AUD-INFRA-06). */
export function balancing(host: string): object {
  return {
    host,
    trafficPolicy: {
      loadBalancer: { simple: "LEAST_REQUEST" },
      outlierDetection: {
        consecutive5xxErrors: 5,
        interval: "10s",
        baseEjectionTime: "30s",
        // Half of the pods stay, whatever their answers.
        maxEjectionPercent: 50,
      },
    },
  };
}
