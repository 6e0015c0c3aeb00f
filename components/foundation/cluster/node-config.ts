import { thresholds } from "../../../checklist/thresholds.ts";

const { containerLogMaxSize, containerLogMaxFiles } = thresholds.cluster;

/** What the nodes' agent is told, besides what EKS tells it itself (AUD-RUN-04, CV-MAINT-06). */
function nodeConfig(): string {
  return [
    "apiVersion: node.eks.aws/v1alpha1",
    "kind: NodeConfig",
    "spec:",
    "  kubelet:",
    "    config:",
    `      containerLogMaxSize: ${containerLogMaxSize}`,
    `      containerLogMaxFiles: ${containerLogMaxFiles}`,
    "",
  ].join("\n");
}

/** User data of nodes of Amazon Linux 2023: one part, which EKS and Karpenter merge with their own. */
export function nodeUserData(): string {
  return [
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="apg"',
    "",
    "--apg",
    "Content-Type: application/node.eks.aws",
    "",
    `${nodeConfig()}--apg--`,
    "",
  ].join("\n");
}
