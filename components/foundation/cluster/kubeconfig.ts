/** How a cluster on EKS is reached. */
export interface ClusterAccess {
  /** Name of the cluster. */
  clusterName: string;
  /** Region of the cluster. */
  region: string;
  /** Address of its API. */
  endpoint: string;
  /** Its certificate authority, in base64. */
  certificateAuthority: string;
}

/** A kubeconfig that holds no credential: whoever uses it signs in by their own role (CV-NET-06). */
export function kubeconfigOf({ clusterName, region, endpoint, certificateAuthority }: ClusterAccess): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: clusterName,
        cluster: { server: endpoint, "certificate-authority-data": certificateAuthority },
      },
    ],
    users: [
      {
        name: clusterName,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            command: "aws",
            args: ["--region", region, "eks", "get-token", "--cluster-name", clusterName, "--output", "json"],
            interactiveMode: "Never",
          },
        },
      },
    ],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: clusterName } }],
    "current-context": clusterName,
  });
}
