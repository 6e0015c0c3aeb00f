import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import type { NetworkEdge, NetworkPeer } from "../capability/network-policies.ts";
import type { ResourceAmounts } from "../capability/quota.ts";
import type { AccountArgs } from "../cloud/account.ts";
import { mostCertificateNames } from "../cloud/certificate.ts";
import type { MonitoringArgs } from "../data/peers.ts";

/** Where the load balancer stands, usually the outputs of `Network` and `Cluster`. */
export interface EdgeNetworkArgs {
  /** The VPC. */
  vpcId: pulumi.Input<string>;
  /** Addresses of the VPC, from which the load balancer calls the gateway's pods (AUD-SEC-01). */
  cidr: pulumi.Input<string>;
  /** Public subnets, one in each of at least three zones (AUD-LB-01). */
  publicSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security group of the nodes, which is opened to the load balancer on the gateway's port alone. */
  nodeSecurityGroupId: pulumi.Input<string>;
}

/** An account with a certificate authority that speaks ACME, as its external account binding proves it. */
export interface ExternalAccountArgs {
  /** Identifier of the key that the authority gave out. */
  keyId: string;
  /** Secret in cert-manager's namespace that holds the key (AUD-SEC-03). */
  secretName: string;
  /** Key of that Secret. @default "key" */
  secretKey?: string;
}

/** A certificate authority that speaks ACME. */
export interface AcmeArgs {
  /** URL of its directory, https. */
  server: string;
  /** Name by which CAA records allow it, such as `letsencrypt.org`. */
  caaDomain: string;
  /** The account, with an authority that asks for one. @default none */
  externalAccount?: ExternalAccountArgs;
}

/** Where issuers' keys are copied to by Velero. */
export interface KeyBackupArgs {
  /** Velero's BackupStorageLocation, such as that of a capability's backups. */
  storageLocation: pulumi.Input<string>;
  /** Namespace of Velero. @default "velero" */
  namespace?: string;
  /** When, as cron, UTC. @default every day at 01:10 (CV-TLS-08) */
  schedule?: string;
}

/** Who signs certificates (CV-TLS-02, CV-TLS-08). */
export interface IssuersArgs {
  /** Address that authorities write to. */
  email: string;
  /** The authority that signs. @default Let's Encrypt (CV-TLS-02) */
  primary?: AcmeArgs;
  /** An authority of another provider, ready to take over (CV-TLS-08). */
  backup: AcmeArgs;
  /** Where the issuers' keys are copied to. @default nowhere: somebody else has to (CV-TLS-08) */
  keyBackup?: KeyBackupArgs;
  /** Have the backup sign the gateway's certificate instead. @default false (CV-TLS-08) */
  useBackup?: boolean;
}

/** The names' records. */
export interface DnsArgs {
  /** Hosted zone of the domain that is there already, as in a second region. @default a zone is made (CV-CUT-01) */
  zoneId?: string;
  /** Declare which authorities may sign for the domain; one stack of a zone does. @default true where the zone is made here */
  caa?: boolean;
}

/** What the web application firewall lets through. */
export interface FirewallArgs {
  /** Requests of one address in five minutes, at most 2000. @default 2000 (AUD-LB-06) */
  requestsPerFiveMinutes?: number;
  /**
   * Have Shield Advanced protect the load balancer: a paid subscription of the account, which must be there. Without it
   * the managed group against DDoS does, and Shield Standard below it. @default false (CV-NET-03)
   */
  shieldAdvanced?: boolean;
}

/** The pods of the gateway. */
export interface GatewayPodsArgs {
  /** Fewest pods, at least 2. @default 3 (CV-KUBE-05) */
  minReplicas?: number;
  /** Most pods. @default 10 (AUD-PROD-02) */
  maxReplicas?: number;
  /** What Envoy requests in a pod. @default cpu 500m, memory 1Gi (AUD-PROD-03) */
  requests?: ResourceAmounts;
  /** What Envoy is limited to in a pod. @default cpu 1900m, memory 3968Mi (AUD-PROD-03) */
  limits?: ResourceAmounts;
  /** Image of Envoy, with its version and digest. @default the one that the controller was released with (AUD-INFRA-01) */
  image?: string;
  /** Priority class of the pods. @default the cluster's default */
  priorityClassName?: pulumi.Input<string>;
  /** Pods of the gateway's controller. @default those of Envoy Gateway in envoy-gateway-system */
  controller?: NetworkPeer;
  /** Whom the gateway calls besides the capabilities, such as where tokens' keys are. @default nobody (AUD-SEC-01) */
  egress?: NetworkEdge[];
  /**
   * Have the mesh carry what the gateway sends, with its identity. What comes from the load balancer is TLS of its own and
   * goes past the mesh. @default false (CV-NET-05)
   */
  mesh?: boolean;
  /** Who reads its metrics; certificates are watched then. @default nobody */
  monitoring?: MonitoringArgs;
}

/** Arguments of `Edge`. */
export interface EdgeArgs {
  /** Name of the environment; a DNS label of at most 20 characters. */
  environment: string;
  /** The account on AWS, and the region that this edge is in. */
  account: AccountArgs;
  /** Domain of the hosted zone, such as `example.com` (CV-CUT-01). */
  domain: string;
  /** Names under which the capabilities are reached, all of them in the domain (CV-TLS-01). */
  hosts: string[];
  /** Where the load balancer stands. */
  network: EdgeNetworkArgs;
  /** Name of the EKS cluster, by which its load balancer controller knows the targets as its own. */
  clusterName: pulumi.Input<string>;
  /** Who signs certificates. */
  issuers: IssuersArgs;
  /** The names' records. @default a zone is made for the domain (CV-CUT-01) */
  dns?: DnsArgs;
  /** What the web application firewall lets through. @default the checklists' numbers (AUD-LB-06) */
  firewall?: FirewallArgs;
  /** The pods of the gateway. @default the checklists' numbers (CV-KUBE-05) */
  gateway?: GatewayPodsArgs;
  /** Topic that is told when targets fail. @default nobody is told */
  alarmTopicArn?: pulumi.Input<string>;
  /** Refuse to delete the load balancer, the zone, the keys and the logs. @default true (CV-BCP-02) */
  deletionProtection?: boolean;
}

/** The gateway, as routes name it. */
export interface GatewayReference {
  /** Name of the Gateway. */
  name: string;
  /** Namespace of the Gateway and its pods. */
  namespace: pulumi.Input<string>;
  /** Whether the mesh carries what its pods send. @default false (CV-NET-05) */
  mesh?: boolean;
}

export const edgeDefaults = deepFrozen({
  maxHosts: mostCertificateNames,
  deletionProtection: true,
  requestsPerFiveMinutes: thresholds.edge.maxRequests,
  shieldAdvanced: false,
  primary: {
    server: "https://acme-v02.api.letsencrypt.org/directory",
    caaDomain: "letsencrypt.org",
  },
  certificate: {
    duration: `${thresholds.edge.certificate.maxHours}h`,
    renewBefore: `${thresholds.edge.certificate.minRenewBeforeHours}h`,
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
  },
  /** Answered by the gateway's pods themselves, and never passed on. */
  healthPath: "/gateway/health",
  /** Header by which the tenant is told to capabilities; what clients send in it is dropped. */
  tenantHeader: "x-apg-tenant",
});

export const gatewayPodsDefaults = deepFrozen({
  minReplicas: 3,
  maxReplicas: thresholds.replicas.max,
  requests: { ...thresholds.resources.requests },
  /** With the container beside it a pod has exactly what the checklists allow (AUD-PROD-03). */
  limits: { cpu: "1900m", memory: "3968Mi" },
  controller: { namespace: "envoy-gateway-system", podLabels: { "control-plane": "envoy-gateway" } },
  egress: [] as NetworkEdge[],
  mesh: false,
});
