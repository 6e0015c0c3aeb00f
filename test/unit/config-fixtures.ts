// Configurations to break, and the three that are shipped.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { validateConfig } from "../../config.ts";
import { ConfigError } from "../../config/problems.ts";

export const today = "2026-11-22";
export const digest = `@sha256:${"ab".repeat(32)}`;

/** Plain data that a test may change; everything in it is sound. */
export function written() {
  return {
    environment: "prod",
    foundation: { cluster: { context: "apg-prod" } } as Record<string, unknown>,
    services: {
      gateway: { namespace: "apg-gateway", podLabels: { "app.kubernetes.io/name": "gateway" } },
      billing: { cidr: "10.20.0.0/16", ports: [443] },
    } as Record<string, Record<string, unknown>>,
    capabilities: [
      capability("audio-processing", { connectsTo: ["billing"], acceptsFrom: ["gateway", "computer-vision"] }),
      capability("computer-vision", { connectsTo: ["audio-processing"] }),
    ],
  };
}

export function capability(name: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { name, image: `apg/${name}:1.2.3${digest}`, ...rest };
}

/** A sound configuration with these keys in its first capability. */
export function withFirst(keys: Record<string, unknown>) {
  const config = written();
  Object.assign(config.capabilities[0]!, keys);
  return config;
}

/** Sound keys of data services, all that are needed. */
export function writtenData() {
  const image = (name: string) => `registry.example/${name}:7.2.11${digest}`;
  return {
    images: {
      postgres: image("postgresql"),
      pgbouncer: image("pgbouncer"),
      redis: image("redis"),
      tools: image("tools"),
    },
    apiServer: { cidr: "10.0.0.0/28", port: 443 },
    server: {
      endpoint: "https://objects.store.svc:7070",
      region: "us-east-1",
      namespace: "store",
      podLabels: { "app.kubernetes.io/name": "objects" },
      port: 7070,
    },
  } as Record<string, Record<string, unknown> | boolean | string>;
}

/** A sound account on AWS. */
export function writtenAccount(): Record<string, unknown> {
  return {
    accountId: "123456789012",
    region: "eu-central-1",
    replicaRegion: "eu-west-1",
    administrators: ["arn:aws:iam::123456789012:role/apg-deployer"],
  };
}

/** A sound network and cluster of a stack's own, all that is needed. */
export function writtenFoundation(): Record<string, unknown> {
  return { cidr: "10.20.0.0/16", zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"] };
}

/** A sound configuration with data services, and with these keys over those of the stack. */
export function withData(keys: Record<string, unknown> = {}) {
  return { ...written(), data: writtenData(), ...keys };
}

/** Every sentence about a configuration that must be refused. */
export function problemsOf(raw: unknown, secretKeys: string[] = []): readonly string[] {
  try {
    validateConfig(raw, { today, secretKeys });
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
  return assert.fail("the configuration was accepted");
}

export const stacks = ["sandbox", "staging", "prod"] as const;

/** The `config` of a shipped stack file. */
export function stackFile(stack: (typeof stacks)[number]): Record<string, unknown> {
  const file = new URL(`../../Pulumi.${stack}.yaml`, import.meta.url);
  return (parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> }).config;
}

/** A stack's configuration as Pulumi's engine hands it to a program: text as it is, everything else as JSON. */
export function asEngineDoes(config: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
