// In what production may differ from staging, as data. Whatever is not here must be the same in both.
import { gatewayPodsDefaults } from "../components/edge/args.ts";
import { clusterDefaults } from "../components/foundation/cluster/args.ts";

/** How production's value may relate to staging's. */
export type Relation =
  /** Anything: it says where production is. */
  | "any"
  /** The same image at the same version; only the digest may be another. */
  | "digest"
  /** The same or more. */
  | "at-least"
  /** The same or less. */
  | "at-most"
  /** True in production wherever it is true in staging. */
  | "true-if-true"
  /** Another list, with as many entries or more. */
  | "as-many"
  /** Instance types, the smallest of which has as much processor and memory or more. */
  | "as-large";

/** One kind of difference. */
export interface AllowedDifference {
  /**
   * Keys: as in the stack file, parts parted by dots; `*` stands for one part, `**` for any number of them. Entries of lists are
   * parts by their name.
   */
  readonly keys: string;
  readonly may: Relation;
  /** Why, in words that follow "differs: ". */
  readonly because: string;
  /** What the platform takes where nothing is given, so that it can be compared. */
  readonly absent?: number | string | boolean;
}

const size = "production is larger";
const nodes = clusterDefaults.systemNodes;
const place = "each environment has its own place";

export const allowedDifferences: readonly AllowedDifference[] = Object.freeze([
  // Where it is.
  { keys: "apg:environment", may: "any", because: "the environment's name" },
  { keys: "aws:region", may: "any", because: place },
  { keys: "aws:allowedAccountIds", may: "any", because: place },
  { keys: "**.accountId", may: "any", because: place },
  { keys: "**.region", may: "any", because: place },
  { keys: "**.replicaRegion", may: "any", because: place },
  { keys: "**.kubeconfig", may: "any", because: place },
  { keys: "**.*cidr", may: "any", because: "networks do not overlap" },
  { keys: "**.*Cidr", may: "any", because: "networks do not overlap" },
  { keys: "**.*Cidrs", may: "any", because: "networks do not overlap" },
  { keys: "apg:operators.internet", may: "any", because: "networks do not overlap" },
  { keys: "**.zones", may: "as-many", because: place },
  { keys: "**.aliases", may: "any", because: "host names" },
  { keys: "**.domain", may: "any", because: "host names" },
  { keys: "**.domainName", may: "any", because: "host names" },
  { keys: "**.host", may: "any", because: "host names" },
  { keys: "**.hosts", may: "any", because: "host names" },
  { keys: "**.zoneId", may: "any", because: "host names" },
  { keys: "**.allowedOrigins", may: "any", because: "host names" },
  { keys: "apg:edge.token.issuer", may: "any", because: "another place to sign in" },
  { keys: "apg:edge.token.jwksUri", may: "any", because: "another place to sign in" },
  { keys: "apg:edge.token.audiences", may: "any", because: "another place to sign in" },
  { keys: "apg:edge.issuers.email", may: "any", because: "somebody else is written to" },
  { keys: "**.externalAccount.keyId", may: "any", because: "another account's" },
  { keys: "apg:security.notify.*", may: "as-many", because: "others are called" },
  { keys: "apg:security.breakGlass.principals", may: "any", because: "others may break the glass" },
  { keys: "**.accessGroupId", may: "any", because: "others administer" },
  { keys: "apg:foundation.aws.vpn.samlMetadata", may: "any", because: "another place to sign in" },
  { keys: "apg:maintenanceWindow.schedule", may: "any", because: "each has its own window" },
  // A certificate, a firewall, a role: the same thing in another account, and none where the other has one.
  { keys: "**.*Arn", may: "any", because: "another account's" },
  { keys: "**.*Arns", may: "any", because: "another account's" },

  // Releases: what was tested is what goes on.
  { keys: "**.image", may: "digest", because: "the digest is written by the release" },
  { keys: "**.*Image", may: "digest", because: "the digest is written by the release" },
  { keys: "apg:data.images.*", may: "digest", because: "the digest is written by the release" },
  { keys: "apg:operators.images.*", may: "digest", because: "the digest is written by the release" },

  // How large it is.
  { keys: "**.replicas.*", may: "at-least", because: size },
  { keys: "**.instances", may: "at-least", because: size },
  { keys: "**.replicas", may: "at-least", because: size },
  { keys: "**.sentinels", may: "at-least", because: size },
  { keys: "**.requests.*", may: "at-least", because: size },
  { keys: "**.limits.*", may: "at-least", because: size },
  { keys: "**.memoryLimit", may: "at-least", because: size },
  { keys: "**.cpuLimit", may: "at-least", because: size },
  { keys: "**.storage", may: "at-least", because: size },
  { keys: "**.walStorage", may: "at-least", because: size },
  { keys: "**.maxConnections", may: "at-least", because: size },
  { keys: "**.maxClients", may: "at-least", because: size },
  { keys: "**.minPoolSize", may: "at-least", because: size },
  { keys: "**.minAvailable", may: "at-least", because: size },
  { keys: "apg:edge.gateway.minReplicas", may: "at-least", because: size, absent: gatewayPodsDefaults.minReplicas },
  { keys: "apg:edge.gateway.maxReplicas", may: "at-least", because: size, absent: gatewayPodsDefaults.maxReplicas },
  { keys: "apg:edge.firewall.requestsPerFiveMinutes", may: "at-most", because: "production lets fewer through" },
  { keys: "apg:foundation.aws.systemNodes.minSize", may: "at-least", because: size, absent: nodes.minSize },
  { keys: "apg:foundation.aws.systemNodes.maxSize", may: "at-least", because: size, absent: nodes.maxSize },
  { keys: "apg:foundation.aws.systemNodes.instanceTypes", may: "as-large", because: size },
  { keys: "apg:foundation.aws.forecastPods", may: "at-least", because: size },
  { keys: "apg:forecastPeak.*", may: "at-least", because: size },
  { keys: "apg:nodePools.*Limits.*", may: "at-least", because: size },
  { keys: "apg:nodePools.maxNodeHours", may: "at-most", because: "production's nodes are renewed sooner" },
  { keys: "**.diskGib", may: "at-least", because: size },
  {
    keys: "apg:foundation.aws.natGatewayPerZone",
    may: "true-if-true",
    because: "staging may share one NAT gateway",
    absent: true,
  },

  // How long is kept, and how soon it is back.
  { keys: "**.*Retention*", may: "at-least", because: "production keeps longer" },
  { keys: "**.retention*", may: "at-least", because: "production keeps longer" },
  { keys: "**.rtoMinutes", may: "at-most", because: "production is back sooner" },
  { keys: "**.rpoMinutes", may: "at-most", because: "production loses less" },
  { keys: "apg:secrets.credentialDays", may: "at-most", because: "production rotates more often" },
  { keys: "apg:secrets.refreshMinutes", may: "at-most", because: "production asks more often" },
  { keys: "apg:secrets.rotation", may: "true-if-true", because: "production rotates", absent: true },
  { keys: "**.deletionProtection", may: "true-if-true", because: "production is protected", absent: true },
  { keys: "**.awaitRelease", may: "true-if-true", because: "production waits for its backup", absent: true },
] as const);
