import type * as pulumi from "@pulumi/pulumi";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import { podAffinity } from "../../capability/node-affinity.ts";
import { containerSecurity, podSecurity } from "../../capability/pod-template.ts";
import { podTolerations } from "../../capability/tolerations.ts";
import { redisRequests } from "./args.ts";
import type { GivenRedis } from "./args.ts";
import { authFiles } from "./configuration.ts";
import * as names from "./names.ts";

/** The user of the official image, and of Debian's. */
const redisId = 999;

/** A Sentinel keeps no data; an exporter reads what there is (CV-MAN-06). */
export const exporterResources = deepFrozen({
  requests: { cpu: "10m", memory: "32Mi" },
  limits: { cpu: "100m", memory: "64Mi" },
});
const resources = deepFrozen({
  sentinel: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "250m", memory: "128Mi" } },
});

/** Resources outside of an application's range, and why (CV-MAN-06). */
const exceptions = deepFrozen({
  redis: "maxmemory of the checklist and a quarter over it (AUD-CACHE-05)",
  sentinel: "holds no data",
});

/** Where the exporter has its password. */
const exporterDirectory = "/etc/redis/exporter";

/** Files of the passwords' Secret that each kind of server reads. */
const secretFiles = deepFrozen({
  redis: [authFiles.redisAcl, authFiles.replication, "steward", "probe"],
  sentinel: [authFiles.sentinelAcl, authFiles.sentinel, "steward", "probe"],
});

/** What every pod of a group is held to; a volume of gigabytes is not walked through at every start. */
export const redisSecurity = { ...podSecurity(redisId), fsGroupChangePolicy: "OnRootMismatch" };

/** What the pods of a component are made of. */
export interface PodParts {
  /** Data or Sentinel. */
  component: names.Component;
  /** The group's. */
  args: GivenRedis;
  /** All labels of the pods. */
  labels: { [label: string]: string };
  /** Labels that select the pods. */
  selector: { [label: string]: string };
  /** ConfigMap with the files and the scripts. */
  configName: pulumi.Input<string>;
  /** Service account of the pods. */
  accountName: pulumi.Input<string>;
}

/** A pod that starts, is asked, and stops by the scripts of the configuration. */
export function podTemplate(parts: PodParts): k8s.core.v1.PodTemplateSpec {
  const { component, args } = parts;
  const { monitoring } = args;
  return {
    metadata: {
      labels: parts.labels,
      annotations: { "apg.io/limits-exception": exceptions[component] },
    },
    spec: {
      serviceAccountName: parts.accountName,
      automountServiceAccountToken: false, // AUD-SEC-05
      // Pods learn the addresses that they announce without DNS, which a failover would have to wait for.
      enableServiceLinks: true,
      ...(args.priorityClassName !== undefined && { priorityClassName: args.priorityClassName }),
      affinity: podAffinity(args.nodeAffinity),
      tolerations: podTolerations(args.tolerations),
      // A hand-over takes up to 25 s, and the last writes of the append-only file up to 10 s.
      terminationGracePeriodSeconds: 60,
      topologySpreadConstraints: thresholds.spread.topologyKeys.map((topologyKey) => ({
        maxSkew: thresholds.spread.maxSkew,
        topologyKey,
        // Two on one host would be lost together, and with them the majority (CV-SCALE-04).
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: parts.selector },
        nodeTaintsPolicy: "Honor",
      })),
      securityContext: redisSecurity,
      containers: [server(parts), ...(monitoring === undefined ? [] : [exporter(component, monitoring.exporterImage)])],
      volumes: [
        { name: "config", configMap: { name: parts.configName } },
        {
          name: "auth",
          secret: authSecret(secretFiles[component]),
        },
        { name: "tls", secret: { secretName: names.tlsSecret(component), defaultMode: 0o440 } },
        ...(monitoring === undefined ? [] : [{ name: "exporter", secret: authSecret([authFiles.exporter]) }]),
      ],
    },
  };
}

/** Some files of the passwords' Secret. */
function authSecret(files: readonly string[]): k8s.core.v1.SecretVolumeSource {
  return {
    secretName: names.authSecret,
    defaultMode: 0o440,
    items: files.map((key) => ({ key, path: key })),
  };
}

function server({ component, args }: PodParts): k8s.core.v1.Container {
  const { config, auth, tls, data } = names.directories;
  const script = (of: string) => ["sh", `${config}/${component}-${of}.sh`];
  const probe = (of: string, periodSeconds: number, failureThreshold: number): k8s.core.v1.Probe => ({
    exec: { command: script(of) },
    periodSeconds,
    timeoutSeconds: 3,
    failureThreshold,
  });
  return {
    name: component,
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    command: script("start"),
    ports: [{ name: component, containerPort: names.ports[component] }],
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "GROUP", value: args.group },
      { name: "SENTINELS", value: String(args.sentinels) },
      { name: "QUORUM", value: String(args.quorum) },
    ],
    resources:
      component === names.sentinel
        ? { requests: { ...resources.sentinel.requests }, limits: { ...resources.sentinel.limits } }
        : { requests: { ...redisRequests(args) }, limits: { cpu: args.cpuLimit, memory: args.memoryLimit } },
    livenessProbe: probe("live", 10, 6), // AUD-PROD-05
    readinessProbe: probe("ready", 5, 3), // AUD-PROD-05
    // It may wait for the Sentinels' decision, and load some gigabytes.
    startupProbe: probe("live", 5, 120),
    ...(component === names.redis && { lifecycle: { preStop: { exec: { command: script("stop") } } } }),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: "data", mountPath: data },
      { name: "config", mountPath: config, readOnly: true },
      { name: "auth", mountPath: auth, readOnly: true },
      { name: "tls", mountPath: tls, readOnly: true },
    ],
  };
}

/** Serves the metrics of the server beside it (CV-CACHE-07). */
function exporter(component: names.Component, image: string): k8s.core.v1.Container {
  const { tls } = names.directories;
  const probe = (path: string, periodSeconds: number): k8s.core.v1.Probe => ({
    httpGet: { path, port: "metrics" },
    periodSeconds,
    timeoutSeconds: 3,
    failureThreshold: 3,
  });
  return {
    name: "exporter",
    image,
    imagePullPolicy: "IfNotPresent",
    ports: [{ name: "metrics", containerPort: names.ports.metrics }],
    env: [
      { name: "REDIS_ADDR", value: `rediss://localhost:${names.ports[component]}` },
      { name: "REDIS_USER", value: "exporter" },
      { name: "REDIS_PASSWORD_FILE", value: `${exporterDirectory}/${authFiles.exporter}` },
      { name: "REDIS_EXPORTER_TLS_CA_CERT_FILE", value: `${tls}/ca.crt` },
      // The configuration, which holds passwords, is none of its business.
      { name: "REDIS_EXPORTER_CONFIG_COMMAND", value: "-" },
    ],
    resources: { requests: { ...exporterResources.requests }, limits: { ...exporterResources.limits } },
    // Whenever it is asked for this it reads its password anew (CV-SECRET-02).
    livenessProbe: probe("/-/reload", 10),
    readinessProbe: probe("/", 10),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: "tls", mountPath: tls, readOnly: true },
      { name: "exporter", mountPath: exporterDirectory, readOnly: true },
    ],
  };
}
