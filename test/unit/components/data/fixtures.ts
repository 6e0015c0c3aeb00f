// What all capabilities' data have in common, as a stack's configuration makes it.
import type { DataPlatformArgs } from "../../../../components/index.ts";
import type { Inputs } from "../../recorder.ts";

const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;

/** Without buckets, which are on a server or on AWS. */
const common = {
  images: {
    postgres: `ghcr.io/cloudnative-pg/postgresql:15.17${digest}`,
    pgbouncer: `ghcr.io/cloudnative-pg/pgbouncer:1.24.1${digest}`,
    redis: `registry.test/redis:7.2.11${digest}`,
    redisExporter: `registry.test/redis_exporter:v1.67.0${digest}`,
    tools: `registry.test/data-tools:1.0.0${digest}`,
  },
  apiServer: { peer: { cidr: "10.0.0.0/28" }, port: 443 },
  tenants: ["acme", "globex"],
  monitoring: { peer: { namespace: "monitoring", podLabels: { "app.kubernetes.io/name": "prometheus" } } },
} satisfies DataPlatformArgs;

export const onServer = {
  ...common,
  server: {
    endpoint: "https://objects.store.svc:7070",
    region: "us-east-1",
    peer: { namespace: "store", podLabels: { "app.kubernetes.io/name": "objects" } },
    port: 7070,
  },
} satisfies DataPlatformArgs;

export const onAws = {
  ...common,
  aws: {
    accountId: "123456789012",
    region: "eu-central-1",
    replicaRegion: "eu-west-1",
    administrators: ["arn:aws:iam::123456789012:role/deploy"],
    clusterName: "apg-prod",
    endpointCidr: "10.20.0.0/24",
    nameSuffix: "apg1",
  },
} satisfies DataPlatformArgs;

/** What the providers make up. */
export const state = (type: string): Inputs | undefined => {
  if (type === "random:index/randomPassword:RandomPassword") return { result: "generated" };
  return type === "kubernetes:core/v1:Service" ? { spec: { clusterIP: "10.96.0.7" } } : undefined;
};
