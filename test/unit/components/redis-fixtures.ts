import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { RedisSentinel } from "../../../components/data/redis/redis-sentinel.ts";
import type { RedisBackupArgs, RedisMonitoringArgs, RedisSentinelArgs } from "../../../components/data/redis/args.ts";
import { record } from "../recorder.ts";
import type { Inputs, Recording } from "../recorder.ts";
import { capabilityLabels } from "./fixtures.ts";

const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;

/** What must be given, and nothing else. */
export const minimal: RedisSentinelArgs = {
  namespace: "apg-audio-processing-prod",
  capability: "audio-processing",
  environment: "prod",
  image: `registry.test/redis:7.2.11${digest}`,
  issuer: { name: "data" },
};

export const backup: RedisBackupArgs = {
  store: {
    bucket: "apg-backup",
    region: "eu-central-1",
    kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/k",
    peer: { cidr: "10.20.0.0/16" },
    port: 443,
  },
  toolsImage: `registry.test/data-tools:1.0.0${digest}`,
};

export const monitoring: RedisMonitoringArgs = {
  peer: { namespace: "monitoring", podLabels: { "app.kubernetes.io/name": "prometheus" } },
  exporterImage: `registry.test/redis_exporter:v1.67.0${digest}`,
};

/** Everything that a group can have. */
export const full: RedisSentinelArgs = {
  ...minimal,
  clients: [{ name: "api", peer: { podLabels: { "app.kubernetes.io/component": "api" } } }],
  nodeAffinity: { required: { "apg.io/pool": ["data"] } },
  tolerations: [{ key: "apg.io/pool", value: "data" }],
  backup,
  monitoring,
};

export const statefulSet = "kubernetes:apps/v1:StatefulSet";
export const configMap = "kubernetes:core/v1:ConfigMap";
export const secret = "kubernetes:core/v1:Secret";
export const service = "kubernetes:core/v1:Service";
export const certificate = "kubernetes:cert-manager.io/v1:Certificate";
export const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
export const rules = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";

export const state = (type: string): Inputs | undefined => {
  if (type === "random:index/randomPassword:RandomPassword") return { result: "generated" };
  return type === service ? { spec: { clusterIP: "10.96.0.7" } } : undefined;
};
export const declare = (args: Partial<RedisSentinelArgs> = {}, opts?: pulumi.ComponentResourceOptions) =>
  record(() => new RedisSentinel("cache", { ...minimal, ...args }, opts), state);

export type Container = Inputs & { name: string; command: string[]; env: { name: string; value?: string }[] };
export const specOf = (inputs: Inputs) => inputs.spec as Inputs;
export const podOf = (recording: Recording<unknown>, name: string) =>
  specOf(recording.inputs(statefulSet, name)).template as {
    metadata: Inputs;
    spec: Inputs & { containers: Container[] };
  };
/** What a Secret holds; the engine is told that it is secret. */
export const secretData = (recording: Recording<unknown>, name: string) => {
  const { stringData } = recording.inputs(secret, name) as { stringData: Inputs };
  assert.equal(stringData["4dabf18193072939515e22adb298388d"], "1b47061264138c4ac30d75fd1eb44270");
  return stringData.value as Record<string, string>;
};
export const labelsOf = (component: string) => ({
  ...capabilityLabels,
  "app.kubernetes.io/component": component,
  "app.kubernetes.io/name": "audio-processing",
});
export const selectorOf = (component: string) => ({
  "app.kubernetes.io/component": component,
  "app.kubernetes.io/name": "audio-processing",
});
