// The specification of a Cluster: what makes it lose nothing, and nobody read it on the way.
import { billion, parseAmount } from "../../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import { capabilityLabels } from "../../capability/naming.ts";
import { podAffinity } from "../../capability/node-affinity.ts";
import { podTolerations } from "../../capability/tolerations.ts";
import { identifier } from "../tenants.ts";
import { postgresBackupDefaults } from "./args.ts";
import type { GivenPostgres } from "./args.ts";
import { archivesOf, archiving, recoverySource } from "./archive.ts";
import { database, instancePods, objectStore, queries, roleSecret, roles, serverSecret } from "./names.ts";
import { hostRules, initialStatements, managedRoles } from "./roles.ts";
import { sizedParameters } from "./sizing.ts";

/** Seconds of the operator's own waits; measured: with the usual 180 s a deleted primary went on serving its sessions. */
export const patience = deepFrozen({ smartShutdown: 2, stop: 15, switchover: 15 });

/** What every cluster has, whatever its size. */
const fixedParameters = deepFrozen({
  ssl_min_protocol_version: thresholds.postgres.minTls, // CV-DB-07
  password_encryption: "scram-sha-256", // AUD-DB-06
  hot_standby_feedback: "on",
  wal_compression: "on",
  random_page_cost: "1.1",
  track_io_timing: "on",
  log_checkpoints: "on",
  log_lock_waits: "on",
  log_min_duration_statement: "500", // CV-DB-06
  idle_in_transaction_session_timeout: "60000",
  "pg_stat_statements.max": "5000", // CV-DB-06
  "pg_stat_statements.track": "top",
  // The operator sets passwords by statements, which would be kept with the passwords in them.
  "pg_stat_statements.track_utility": "off",
});

const amount = (quantity: string) => (parseAmount(quantity) ?? 0n) / billion;

/** The name of the schema of a capability's own tables. */
export const schemaOf = identifier;

/** Annotations of the Cluster, if any: quorum failover before the release that has a field for it. */
export function clusterAnnotations({ operatorVersion }: GivenPostgres): {
  annotations?: { [annotation: string]: string };
} {
  return operatorVersion === "1.27" ? { annotations: { "alpha.cnpg.io/failoverQuorum": "true" } } : {};
}

export function clusterSpec(args: GivenPostgres) {
  const { clusterName, capability, environment, limits, tenants } = args;
  const { own, origin, method } = archivesOf(args);
  const size = {
    memory: amount(limits.memory),
    cores: Math.max(1, Number(amount(limits.cpu))),
    walVolume: amount(args.walStorage),
    maxConnections: args.maxConnections,
  };
  const volume = (quantity: string) => ({
    size: quantity,
    ...(args.storageClass !== undefined && { storageClass: args.storageClass }),
  });
  const secretOf = (role: string) => roleSecret(clusterName, role);
  return {
    description: `Data of ${capability} (${environment})`,
    imageName: args.image,
    instances: args.instances,
    enableSuperuserAccess: false, // AUD-DB-06
    enablePDB: true,
    primaryUpdateStrategy: "unsupervised",
    primaryUpdateMethod: "switchover",
    smartShutdownTimeout: patience.smartShutdown,
    stopDelay: patience.stop,
    switchoverDelay: patience.switchover,
    ...(args.priorityClassName !== undefined && { priorityClassName: args.priorityClassName }),
    inheritedMetadata: {
      labels: { ...capabilityLabels(capability, environment), "data-class": args.dataClass },
    },
    bootstrap: origin === undefined ? { initdb: initialisation(args, secretOf) } : recovery(args, secretOf),
    ...(origin && {
      externalClusters: [recoverySource(method, "origin", origin, objectStore(clusterName, "origin"))],
    }),
    certificates: { serverTLSSecret: serverSecret(clusterName), serverCASecret: serverSecret(clusterName) }, // CV-DB-07
    postgresql: {
      parameters: {
        ...sizedParameters(size),
        ...fixedParameters,
        archive_timeout: `${args.archiveTimeoutSeconds}s`, // CV-BCP-08
        ...args.parameters,
      },
      pg_hba: hostRules(),
      // An acknowledged commit is on a second instance, and only an instance that has it may become primary.
      synchronous: {
        method: "any",
        number: args.synchronous,
        dataDurability: "required",
        ...(args.operatorVersion !== "1.27" && { failoverQuorum: true }),
      },
    },
    managed: { roles: managedRoles(tenants, secretOf) },
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: "required",
      topologyKey: "kubernetes.io/hostname",
      // The pool for data (CV-SCALE-04).
      ...podAffinity(args.nodeAffinity),
      ...(args.tolerations.length > 0 && { tolerations: podTolerations(args.tolerations) }),
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone", // AUD-DB-04
        whenUnsatisfiable: "DoNotSchedule",
        nodeTaintsPolicy: "Honor",
        labelSelector: { matchLabels: instancePods(clusterName) },
      },
    ],
    resources: { requests: { ...(args.requests ?? requestsOf(limits)) }, limits: { ...limits } },
    storage: volume(args.storage),
    walStorage: volume(args.walStorage),
    ...(args.monitoring !== undefined && {
      monitoring: {
        enablePodMonitor: false,
        customQueriesConfigMap: [{ name: queries(clusterName), key: "queries.yaml" }],
      },
    }),
    ...(own &&
      archiving(
        method,
        own,
        args.backup?.retentionDays ?? postgresBackupDefaults.retentionDays,
        objectStore(clusterName, "own"),
      )),
    ...(own && own.store.endpoint === undefined && { env: [{ name: "AWS_DEFAULT_REGION", value: own.store.region }] }),
  };
}

/** All of the memory, so that an instance is the last to be evicted, and half of the CPU. */
function requestsOf(limits: { cpu: string; memory: string }) {
  return { cpu: `${(parseAmount(limits.cpu) ?? 0n) / 2n / (billion / 1000n)}m`, memory: limits.memory };
}

function initialisation({ capability }: GivenPostgres, secretOf: (role: string) => string) {
  return {
    database,
    owner: roles.owner,
    secret: { name: secretOf(roles.owner) },
    dataChecksums: true,
    encoding: "UTF8",
    localeCollate: "C.UTF-8",
    localeCType: "C.UTF-8",
    postInitApplicationSQL: initialStatements(schemaOf(capability)),
  };
}

function recovery({ recoverFrom }: GivenPostgres, secretOf: (role: string) => string) {
  return {
    recovery: {
      source: "origin",
      database,
      owner: roles.owner,
      secret: { name: secretOf(roles.owner) },
      ...(recoverFrom?.targetTime !== undefined && { recoveryTarget: { targetTime: recoverFrom.targetTime } }),
    },
  };
}
