import * as pulumi from "@pulumi/pulumi";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { thresholds } from "../../../checklist/thresholds.ts";
import { workloadLabels } from "../../capability/naming.ts";
import { edgePolicies } from "../../capability/network-policies.ts";
import { withDefaults } from "../../defaults.ts";
import { refuse } from "../../validation.ts";
import { alertRules } from "../alerts.ts";
import { certificateDefaults } from "../certificate-authority.ts";
import { certificatePath } from "../connection.ts";
import type { Connection } from "../connection.ts";
import { custom } from "../custom.ts";
import { refuseUpdate, shrinks, valueAt } from "../guard.ts";
import { customQueries, postgresAlerts } from "./alerts.ts";
import { majorOf, postgresBackupDefaults, postgresDefaults, postgresProblems, poolerDefaults } from "./args.ts";
import type { GivenPostgres, PostgresClusterArgs } from "./args.ts";
import { backupMethod, storeConfiguration } from "./archive.ts";
import { archivesOf, clusterAnnotations, clusterSpec, objectStoreName, schemaOf } from "./cluster-spec.ts";
import * as names from "./names.ts";
import { poolerHostRules, schemas } from "./roles.ts";

const api = "postgresql.cnpg.io/v1";

/** Highly available PostgreSQL with pooling, TLS, backups and monitoring, run by CloudNativePG. */
export class PostgresCluster extends pulumi.ComponentResource {
  /** What an application needs to use it, through the poolers. */
  readonly connection: Connection;
  /** What migrations need: the primary itself, as the owner of the tables (CV-DB-04). */
  readonly migrationConnection: Connection;
  /** Name of the cluster, for backups and drills. */
  readonly clusterName: pulumi.Output<string>;

  readonly #name: string;
  readonly #args: GivenPostgres;

  constructor(name: string, args: PostgresClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:data:PostgresCluster", name, args, opts);
    const given = withDefaults(args, postgresDefaults);
    refuse(name, postgresProblems(given));
    this.#name = name;
    this.#args = given;

    this.#roleSecrets();
    this.#certificate();
    const { clusterName } = given;
    const cluster = custom(
      name,
      api,
      "Cluster",
      { ...this.#metadata(clusterName, "postgres", true), annotations: clusterAnnotations(given) },
      clusterSpec(given),
      {
        parent: this,
        protect: given.deletionProtection,
        hooks: refuseUpdate(name, (change) => [
          ...shrinks(change, "spec.storage.size", "storage", "AUD-DB-03"),
          ...shrinks(change, "spec.walStorage.size", "walStorage", "AUD-DB-03"),
          ...olderMajor(valueAt(change.was, "spec.imageName"), valueAt(change.becomes, "spec.imageName")),
        ]),
      },
    );
    custom(
      name,
      api,
      "Database",
      this.#metadata(names.database, "postgres"),
      {
        cluster: { name: cluster.metadata.name },
        name: names.database,
        owner: names.roles.owner,
        databaseReclaimPolicy: "retain",
        schemas: schemas(schemaOf(given.capability), given.tenants),
      },
      { parent: this, protect: given.deletionProtection },
    );
    for (const type of names.poolerTypes) this.#pooler(type);
    this.#backups();
    this.#network();
    this.#monitoring();

    this.connection = connectionOf(clusterName);
    this.migrationConnection = migrationConnectionOf(clusterName);
    this.clusterName = cluster.metadata.name;
    this.registerOutputs({
      connection: this.connection,
      migrationConnection: this.migrationConnection,
      clusterName: this.clusterName,
    });
  }

  #metadata(objectName: string, component: string, holdsData = false) {
    const { namespace, capability, environment, dataClass } = this.#args;
    const labels = workloadLabels({ capability, environment, component });
    return { name: objectName, namespace, labels: holdsData ? { ...labels, "data-class": dataClass } : labels };
  }

  /** A generated password for each role, and the addresses that hold it. */
  #roleSecrets(): void {
    const { clusterName } = this.#args;
    const verified = `sslmode=verify-full&sslrootcert=${certificatePath({ file: names.certificateFile(clusterName) })}`;
    for (const role of Object.values(names.roles)) {
      const { result } = new RandomPassword(
        `${this.#name}-${role}`,
        { length: 32, special: false },
        { parent: this, protect: this.#args.deletionProtection },
      );
      const address = (host: string) =>
        pulumi.interpolate`postgres://${role}:${result}@${host}:${names.ports.postgres}/${names.database}?${verified}`;
      const metadata = this.#metadata(names.roleSecret(clusterName, role), "postgres");
      new Secret(
        `${this.#name}-role-${role}`,
        {
          metadata: { ...metadata, labels: { ...metadata.labels, "cnpg.io/reload": "true" } },
          type: "kubernetes.io/basic-auth",
          stringData: {
            username: role,
            password: result,
            ...(role === names.roles.owner
              ? { url: address(`${clusterName}-rw`) }
              : {
                  url: address(names.poolerName(clusterName, "rw")),
                  "read-url": address(names.poolerName(clusterName, "ro")),
                }),
          },
        },
        { parent: this },
      );
    }
  }

  /** One certificate for instances and poolers, with every name under which a client may ask (CV-DB-07). */
  #certificate(): void {
    const { clusterName, namespace, issuer } = this.#args;
    const services = [
      ...["rw", "r", "ro"].map((of) => `${clusterName}-${of}`),
      ...names.poolerTypes.map((type) => names.poolerName(clusterName, type)),
    ];
    const secretName = names.serverSecret(clusterName);
    custom(
      `${this.#name}-tls`,
      "cert-manager.io/v1",
      "Certificate",
      this.#metadata(secretName, "postgres"),
      {
        secretName,
        // The operator hands a renewed certificate to the instances without a restart.
        secretTemplate: { labels: { "cnpg.io/reload": "true" } },
        duration: certificateDefaults.duration,
        renewBefore: certificateDefaults.renewBefore,
        privateKey: { ...certificateDefaults.privateKey },
        usages: ["server auth"],
        dnsNames: services.flatMap((service) => [
          service,
          pulumi.interpolate`${service}.${namespace}`,
          pulumi.interpolate`${service}.${namespace}.svc`,
          pulumi.interpolate`${service}.${namespace}.svc.cluster.local`,
        ]),
        issuerRef: { name: issuer.name, kind: issuer.kind ?? "Issuer", group: "cert-manager.io" },
      },
      { parent: this },
    );
  }

  #pooler(type: names.PoolerType): void {
    const { clusterName, priorityClassName } = this.#args;
    const pooler = withDefaults(this.#args.pooler ?? {}, poolerDefaults);
    const objectName = names.poolerName(clusterName, type);
    const podLabels = { ...names.poolerPods(clusterName), "cnpg.io/poolerName": objectName };
    const resources = { requests: { ...pooler.requests }, limits: { ...pooler.limits } };
    custom(
      `${this.#name}-pooler-${type}`,
      api,
      "Pooler",
      this.#metadata(objectName, "pooler"),
      {
        cluster: { name: clusterName },
        instances: pooler.instances,
        type,
        pgbouncer: {
          poolMode: "transaction", // CV-DB-05
          pg_hba: poolerHostRules(),
          parameters: {
            min_pool_size: String(pooler.minPoolSize), // AUD-DB-02
            default_pool_size: String(pooler.maxConnections),
            max_db_connections: String(pooler.maxConnections), // AUD-DB-02
            max_client_conn: String(pooler.maxClients),
            query_wait_timeout: "30",
            server_login_retry: "1", // A new primary is tried at once.
            server_tls_protocols: "tlsv1.3",
          },
        },
        template: {
          metadata: { labels: this.#metadata(objectName, "pooler").labels },
          spec: {
            ...(priorityClassName !== undefined && { priorityClassName }),
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: podLabels } },
                ],
              },
            },
            // The operator's own container in the pod takes these; the namespace's defaults are an application's.
            resources,
            containers: [
              {
                name: "pgbouncer",
                image: this.#args.poolerImage,
                resources,
              },
            ],
          },
        },
      },
      { parent: this },
    );
    new PodDisruptionBudget(
      `${this.#name}-pooler-${type}`,
      {
        metadata: this.#metadata(objectName, "pooler"),
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: podLabels },
          unhealthyPodEvictionPolicy: thresholds.disruption.unhealthyPodEvictionPolicy,
        },
      },
      { parent: this },
    );
  }

  #backups(): void {
    const { clusterName, backup } = this.#args;
    const { own, origin, method } = archivesOf(this.#args);
    const retentionDays = backup?.retentionDays ?? postgresBackupDefaults.retentionDays;
    const opts = { parent: this, protect: this.#args.deletionProtection };
    if (method === "plugin") {
      for (const [of, archive] of [
        ["own", own],
        ["origin", origin],
      ] as const) {
        if (archive === undefined) continue;
        const objectName = objectStoreName(clusterName, of);
        custom(
          `${this.#name}-archive-${of}`,
          "barmancloud.cnpg.io/v1",
          "ObjectStore",
          this.#metadata(objectName, "postgres"),
          {
            configuration: storeConfiguration(archive),
            // What another cluster wrote is not ours to remove.
            ...(of === "own" && { retentionPolicy: `${retentionDays}d` }),
            ...(archive.store.endpoint === undefined && {
              instanceSidecarConfiguration: { env: [{ name: "AWS_DEFAULT_REGION", value: archive.store.region }] },
            }),
          },
          opts,
        );
      }
    }
    if (own === undefined) return;
    custom(
      `${this.#name}-base-backup`,
      api,
      "ScheduledBackup",
      this.#metadata(`${clusterName}-base`, "postgres"),
      {
        cluster: { name: clusterName },
        schedule: backup?.schedule ?? postgresBackupDefaults.schedule,
        immediate: true, // CV-CUT-07: the first backup is there before the first user.
        suspend: false,
        backupOwnerReference: "self",
        ...backupMethod(method),
      },
      { parent: this },
    );
  }

  #network(): void {
    const { clusterName, namespace, apiServer, operator, clients, migrations, monitoring } = this.#args;
    const { own, origin } = archivesOf(this.#args);
    const { postgres, status, metrics, poolerMetrics } = names.ports;
    const cluster = names.clusterPods(clusterName);
    const child = { parent: this };
    const policies = (prefix: string, podLabels: { [label: string]: string }, edges: object) =>
      edgePolicies(this.#name, { namespace, prefix, podLabels, ...edges }, child);
    const scraping = (port: number) =>
      monitoring === undefined ? [] : [{ name: "monitoring", peer: monitoring.peer, ports: [port] }];
    const stores = [own, origin]
      .flatMap((archive) => (archive === undefined ? [] : [archive.store]))
      .filter(({ bucket }, index, all) => all.findIndex((other) => other.bucket === bucket) === index);

    // Instances, the jobs that make them, and poolers: all ask the API server, and each other.
    policies(clusterName, cluster, {
      egress: [
        { name: clusterName, peer: { podLabels: cluster }, ports: [postgres, status] },
        { name: "api-server", peer: apiServer.peer, ports: [apiServer.port] },
        ...stores.map((store, index) => ({
          name: index === 0 ? "archive" : "origin",
          peer: store.peer,
          ports: [store.port],
        })),
      ],
    });
    policies(`${clusterName}-instances`, names.instancePods(clusterName), {
      ingress: [
        { name: clusterName, peer: { podLabels: cluster }, ports: [postgres, status] },
        { name: "operator", peer: operator, ports: [status] },
        ...migrations.map((client) => ({ ...client, ports: [postgres] })),
        ...scraping(metrics),
      ],
    });
    policies(`${clusterName}-poolers`, names.poolerPods(clusterName), {
      ingress: [...clients.map((client) => ({ ...client, ports: [postgres] })), ...scraping(poolerMetrics)],
    });
  }

  #monitoring(): void {
    const { monitoring, clusterName, namespace } = this.#args;
    if (monitoring === undefined) return;
    const child = { parent: this };
    new ConfigMap(
      `${this.#name}-queries`,
      { metadata: this.#metadata(`${clusterName}-queries`, "postgres"), data: { ...customQueries } },
      child,
    );
    custom(
      `${this.#name}-metrics`,
      "monitoring.coreos.com/v1",
      "PodMonitor",
      this.#metadata(clusterName, "postgres"),
      {
        selector: { matchLabels: names.clusterPods(clusterName) },
        podMetricsEndpoints: [{ port: "metrics", interval: "30s" }],
      },
      child,
    );
    alertRules(
      `${this.#name}-alerts`,
      this.#metadata(clusterName, "postgres"),
      "postgres",
      pulumi.output(namespace).apply((known) => postgresAlerts(known, clusterName)),
      child,
    );
  }
}

function olderMajor(was: unknown, becomes: unknown): string[] {
  if (typeof was !== "string" || typeof becomes !== "string") return [];
  const [before, after] = [majorOf(was), majorOf(becomes)];
  if (before === undefined || after === undefined || after >= before) return [];
  return [
    `image: ${becomes} given; the data is of PostgreSQL ${before}, which no older version reads: restore a backup into a new cluster instead (AUD-DB-01, CV-DB-01).`,
  ];
}

/** What an application needs to use the cluster of that name. */
export function connectionOf(clusterName: string): Connection {
  const secretName = names.roleSecret(clusterName, names.roles.application);
  return {
    name: "postgres",
    settings: {},
    secrets: [
      { env: "DATABASE_URL", secretName, key: "url" },
      { env: "DATABASE_READ_URL", secretName, key: "read-url" },
    ],
    certificates: [
      { secretName: names.serverSecret(clusterName), key: "ca.crt", file: names.certificateFile(clusterName) },
    ],
    edges: [{ name: "postgres", peer: { podLabels: names.poolerPods(clusterName) }, ports: [names.ports.postgres] }],
  };
}

function migrationConnectionOf(clusterName: string): Connection {
  return {
    ...connectionOf(clusterName),
    secrets: [{ env: "DATABASE_URL", secretName: names.roleSecret(clusterName, names.roles.owner), key: "url" }],
    edges: [{ name: "postgres", peer: { podLabels: names.instancePods(clusterName) }, ports: [names.ports.postgres] }],
  };
}
