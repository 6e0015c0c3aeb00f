import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../../checklist/thresholds.ts";
import type { NetworkEdge, NetworkPeer } from "../../capability/network-policies.ts";
import type { SecretReference } from "../../capability/workload-args.ts";

/** One key of a Secret. */
export interface SecretKey {
  /** Name of the Secret, in the namespace of the pods. */
  secretName: string;
  /** Key in the Secret. */
  key: string;
}

/** Keys of an S3-compatible server's user, in a Secret; on AWS pods have an identity instead, and no keys (CV-ENV-03). */
export interface StoreCredentials {
  /** Name of the Secret, in the namespace of the pods. */
  secretName: string;
  /** Key of the Secret that holds the access key's id. */
  accessKeyIdKey: string;
  /** Key of the Secret that holds the secret access key. */
  secretAccessKeyKey: string;
}

/** A bucket that backups go to, and how pods reach it. */
export interface BackupStore {
  /** Name of the bucket. */
  bucket: string;
  /** Region of the bucket. */
  region: string;
  /** URL of an S3-compatible server. @default AWS */
  endpoint?: string;
  /** Authority that signed the server's certificate. @default those that every system trusts */
  authority?: SecretKey;
  /** Keys of the server's user. @default the pods' own identity (CV-ENV-03) */
  credentials?: StoreCredentials;
  /** Key that encrypts the backups, ARN of a KMS key. @default AES-256 under the server's own key (CV-DATA-07) */
  kmsKeyArn?: pulumi.Input<string>;
  /** Where the store is reached, for network policies. */
  peer: NetworkPeer;
  /** TCP port of the store. */
  port: number;
}

/** The keys as the AWS CLI reads them; none where the pods have an identity of their own. */
export function keyVariables(credentials: StoreCredentials | undefined): SecretReference[] {
  if (credentials === undefined) return [];
  const { secretName, accessKeyIdKey, secretAccessKeyKey } = credentials;
  return [
    { env: "AWS_ACCESS_KEY_ID", secretName, key: accessKeyIdKey },
    { env: "AWS_SECRET_ACCESS_KEY", secretName, key: secretAccessKeyKey },
  ];
}

/** Where pods get their AWS identity: the agent of EKS Pod Identity on their own node (CV-ENV-03). */
export const podIdentityEdge = deepFrozen({
  name: "pod-identity",
  peer: { cidr: "169.254.170.23/32" },
  ports: [80],
});

/** Whom pods call to reach a store: the store itself, and on AWS the agent that gives them their identity. */
export function storeEdges({ peer, port, endpoint }: BackupStore, name = "archive"): NetworkEdge[] {
  const identity = endpoint === undefined ? [{ ...podIdentityEdge, ports: [...podIdentityEdge.ports] }] : [];
  return [{ name, peer, ports: [port] }, ...identity];
}
