import type { AccountArgs } from "../cloud/account.ts";
import type { EdgeArgs } from "../edge/args.ts";
import type { NodePoolsArgs } from "../foundation/node-pools/args.ts";
import type { ClusterStateIdentityArgs } from "../operators/identities.ts";
import type { OperatorsArgs } from "../operators/operators.ts";
import type { ImagePolicyArgs } from "../security/image-policy.ts";
import type { SecurityArgs } from "../security/security.ts";
import type { SecretsArgs } from "../security/secrets/args.ts";

/** What the platform knows of itself and hands to its parts. */
type Common = "environment" | "account" | "clusterName";

/** What the cluster itself refuses in capabilities' namespaces, whoever creates it; each may be switched off. */
export interface AdmissionConfig {
  /** Registries that images may come from; without any, all may (CV-IMG-04). */
  registries: string[];
  /** Pods that reach their node. @default true (AUD-SEC-02) */
  hostAccess?: boolean;
  /** Images from other registries. @default true (CV-IMG-04) */
  images?: boolean;
  /** Containers without requests and limits. @default true (AUD-PROD-03) */
  resources?: boolean;
  /** Services that are reached from outside. @default true (CV-MAN-02) */
  services?: boolean;
  /** Pods with a token for the API that do not say why. @default true (AUD-SEC-05) */
  tokens?: boolean;
}

/** What a stack on AWS has around its capabilities. Every part may be left to another stack. */
export interface PlatformConfig {
  /** Name of the environment. */
  environment: string;
  /** The account on AWS, and who runs it. */
  account: AccountArgs;
  /** Name of the EKS cluster. */
  clusterName: string;
  /** Addresses of the cluster's network. */
  cidr: string;
  /** Zones of the cluster's network. */
  zones: string[];
  /** Names of the capabilities. */
  capabilities: string[];
  /** Third-party operators. @default somebody else installs them */
  operators?: Pick<OperatorsArgs, "managed" | "install" | "chartFolder" | "internet" | "images" | "monitoring">;
  /** Velero's identity. @default the cluster's state is not copied to AWS (CV-BCP-02) */
  clusterState?: Omit<ClusterStateIdentityArgs, "capabilities">;
  /** Nodes that Karpenter makes. @default those of the cluster alone */
  nodePools?: Omit<NodePoolsArgs, Common | "zones">;
  /** Audit, detection, pages, emergency access, registry. @default another stack's */
  security?: Omit<SecurityArgs, Common>;
  /** Who signs images. @default nobody checks */
  signing?: Omit<ImagePolicyArgs, "registries"> & { registries: string[] };
  /** What the cluster itself refuses in capabilities' namespaces. @default nothing more than of every cluster */
  admission?: AdmissionConfig;
  /** Whether Istio proves and allows every connection. @default false (CV-NET-05) */
  mesh?: boolean;
  /** Secrets in Secrets Manager. @default Kubernetes Secrets of the program's own */
  secrets?: Omit<SecretsArgs, Common | "capabilities" | "emergencyRoles" | "alarmTopicArn">;
  /** Where the world reaches the platform. @default it does not */
  edge?: Omit<EdgeArgs, Common | "network" | "alarmTopicArn">;
}
