// The part of a stack's configuration that is about data: databases, caches, buckets and backups. What holds between several
// values the components check themselves, with the same words, before anything is created.
import * as z from "zod";
import { thresholds } from "../checklist/thresholds.ts";
import { isNetwork } from "../components/capability/network-policies.ts";
import { nodeAffinity, tolerations } from "./node-schema.ts";
import { amount, count, dnsLabel, object, podLabels, port, text } from "./values.ts";

const { postgres, redis, backup, dataClasses } = thresholds;

const networkAccepted =
  "a network such as 10.20.0.0/16 is accepted, and never the whole world (AUD-SEC-01, CV-KUBE-04)";
const network = text(networkAccepted).refine(isNetwork, { error: networkAccepted });
const names = (what: string, items: string) => {
  const accepted = `a list of ${what} is accepted (${items})`;
  return z.array(text(accepted), accepted);
};
const image = text("an image as repository:1.2.3@sha256:<64 hex digits> is accepted (AUD-INFRA-01, CV-IMG-05)");
const cron = (items: string) => text(`a schedule as cron, UTC, is accepted (${items})`).optional();
const dataClass = z.enum(dataClasses, `one of ${dataClasses.join(", ")} is accepted (CV-DATA-04)`);
const amounts = (items: string) =>
  object({ cpu: amount("500m", items), memory: amount("1Gi", items) }, items).optional();
const pods = { namespace: dnsLabel("AUD-SEC-01", 63), podLabels };

const recovery = object(
  {
    serverName: dnsLabel("CV-DB-03", 63),
    targetTime: text('a time with its zone such as "2026-05-01 12:00:00+00" is accepted (CV-DB-03)').optional(),
    path: text("a folder of the bucket is accepted (CV-DB-03)").optional(),
  },
  "CV-DB-03",
);

const arn = (what: string) => text(`the ARN of ${what} is accepted (CV-OBJ-08)`).startsWith("arn:");

/** What a capability says of its own data. */
export const dataSizes = object(
  {
    postgres: object(
      {
        instances: count({ min: postgres.minInstances }, "AUD-DB-04, CV-DB-02").optional(),
        synchronous: count({ min: postgres.minSynchronous }, "AUD-DB-04").optional(),
        requests: amounts("CV-MAN-06"),
        limits: amounts("CV-MAN-06"),
        maxConnections: count({ min: 1 }, "AUD-DB-02").optional(),
        pooler: object(
          {
            instances: count({ min: postgres.minPoolers }, "CV-DB-05").optional(),
            minPoolSize: count(postgres.pool, "AUD-DB-02").optional(),
            maxConnections: count(postgres.pool, "AUD-DB-02").optional(),
            maxClients: count({ min: 1 }, "CV-ENV-08").optional(),
            requests: amounts("CV-MAN-06"),
            limits: amounts("CV-MAN-06"),
          },
          "CV-DB-05",
        ).optional(),
        storage: amount("50Gi", "AUD-DB-03").optional(),
        walStorage: amount("10Gi", "AUD-DB-03").optional(),
        parameters: z
          .record(
            z.string(),
            z.union([z.string(), z.number(), z.boolean()], "text is accepted (CV-DB-06)").transform(String),
            "an object of PostgreSQL's parameters is accepted (CV-DB-06)",
          )
          .optional(),
        archiveTimeoutSeconds: count({ min: 1, max: postgres.maxArchiveTimeoutSeconds }, "CV-BCP-08").optional(),
        serverName: dnsLabel("CV-DB-03", 63).optional(),
        recoverFrom: recovery.optional(),
        dataClass: dataClass.optional(),
      },
      "AUD-DB-01",
    ).optional(),
    redis: object(
      {
        replicas: count({ min: redis.minReplicas }, "AUD-CACHE-01").optional(),
        sentinels: count({ min: redis.minSentinels }, "AUD-CACHE-04").optional(),
        quorum: count({ min: redis.quorum }, "AUD-CACHE-04").optional(),
        memoryLimit: amount("5Gi", "AUD-CACHE-05").optional(),
        cpuLimit: amount("2", "CV-MAN-06").optional(),
        requests: amounts("CV-MAN-06"),
        storage: amount("10Gi", "AUD-CACHE-03").optional(),
        dataClass: dataClass.optional(),
      },
      "AUD-CACHE-01",
    ).optional(),
    purposes: z
      .array(
        object(
          {
            name: dnsLabel("CV-OBJ-02", 20),
            dataClass,
            expireDays: count({ min: 1 }, "CV-OBJ-06, CV-DATA-08"),
            archiveAfterDays: count({ min: 1 }, "CV-OBJ-06").optional(),
            public: z.boolean("true or false is accepted (CV-OBJ-08)").optional(),
          },
          "CV-OBJ-02",
        ),
        "a list of purposes is accepted (CV-OBJ-02)",
      )
      .optional(),
    cdn: object(
      {
        aliases: names("domain names", "CV-OBJ-08"),
        acmCertificateArn: arn("a certificate in us-east-1").optional(),
        webAclId: arn("a web access control list of scope CLOUDFRONT").optional(),
      },
      "CV-OBJ-08",
    ).optional(),
  },
  "AUD-DB-01, AUD-CACHE-01, CV-OBJ-02",
);

/** What the data services of all capabilities have in common. */
export const dataPlatform = object(
  {
    images: object(
      { postgres: image, pgbouncer: image, redis: image, redisExporter: image.optional(), tools: image },
      "AUD-INFRA-01",
    ),
    apiServer: object({ cidr: network, port }, "AUD-SEC-01").optional(),
    aws: object(
      {
        clusterName: text("the name of the EKS cluster is accepted (CV-ENV-03)").optional(),
        endpointCidr: network.optional(),
        nameSuffix: dnsLabel("CV-OBJ-02", 20).optional(),
      },
      "CV-OBJ-01",
    ).optional(),
    server: object(
      {
        endpoint: text("an https URL is accepted (CV-DATA-02)").startsWith("https://", {
          error: "an https URL is accepted (CV-DATA-02)",
        }),
        region: text("the region that the server says it is in is accepted (CV-OBJ-01)"),
        ...pods,
        port,
      },
      "CV-OBJ-01",
    ).optional(),
    storageClass: text("the name of a storage class is accepted (AUD-CACHE-03)").optional(),
    nodeAffinity,
    tolerations,
    operatorVersion: text('a release of CloudNativePG such as "1.28", in quotes, is accepted (AUD-DB-04)').optional(),
    monitoring: object(pods, "AUD-DB-05").optional(),
    deletionProtection: z.boolean("true or false is accepted (CV-BCP-02)").optional(),
  },
  "AUD-DB-01, AUD-CACHE-01, CV-OBJ-01",
);

/** How everything is backed up, and how soon it is back. */
export const backupPolicy = object(
  {
    databaseSchedule: cron("AUD-DB-03"),
    cacheSchedule: cron("CV-CACHE-08"),
    drillSchedule: cron("CV-BCP-02"),
    retentionDays: count({ min: backup.minRetentionDays }, "AUD-DB-03, CV-DB-03").optional(),
    rtoMinutes: count({ min: 1, max: backup.maxRtoMinutes }, "CV-BCP-08").optional(),
    rpoMinutes: count({ min: 1, max: backup.maxRpoMinutes }, "CV-BCP-08").optional(),
    method: z.enum(["plugin", "in-tree"], "one of plugin, in-tree is accepted (AUD-DB-03)").optional(),
    awaitRelease: z.boolean("true or false is accepted (AUD-PRE-04)").optional(),
    clusterState: object(
      {
        namespace: dnsLabel("CV-BCP-02", 63).optional(),
        roleArn: text("the ARN of Velero's role is accepted (CV-DATA-07)").startsWith("arn:").optional(),
        schedule: cron("CV-BCP-02"),
      },
      "CV-BCP-02",
    ).optional(),
  },
  "CV-BCP-08",
).optional();

/** Tenants of the platform. */
export const tenants = names("names of tenants", "CV-DB-08, CV-OBJ-02");
