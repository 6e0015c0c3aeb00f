import { imageObjection } from "../../../checklist/image.ts";
import { billion, parseAmount } from "../../../checklist/quantity.ts";
import { thresholds } from "../../../checklist/thresholds.ts";
import { nodeAffinityProblems } from "../../capability/node-affinity.ts";
import { tolerationsProblems } from "../../capability/tolerations.ts";
import { dnsLabel, unless, wholeNumber } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { scheduleProblems } from "../backup/schedule.ts";
import { dataClassProblems } from "../data-class.ts";
import { shrinks, valueAt } from "../guard.ts";
import type { Change } from "../guard.ts";
import { tenantIdentifier, tenantProblems } from "../tenants.ts";
import { archiveMethods } from "./archive.ts";
import { poolerDefaults, postgresBackupDefaults } from "./args.ts";
import type { GivenPostgres } from "./args.ts";
import { connectionsNeeded, keepsWriting, minMemory, minWalVolume } from "./sizing.ts";

const { pool, minInstances, minSynchronous, minMajor, minPoolers, reservedConnections } = thresholds.postgres;

/** Major version that an image's tag says; undefined when it says none. */
export function majorOf(image: string): number | undefined {
  const tag = /:(\d+)[^/@]*(@|$)/.exec(image)?.[1];
  return tag === undefined ? undefined : Number(tag);
}

/** Problems of the arguments, all of them. */
export function postgresProblems(args: GivenPostgres): Problem[] {
  const pooler = { ...poolerDefaults, ...args.pooler };
  const digestRequired = !args.allowUndigestedImage;
  const major = majorOf(args.image);
  const objection = digestRequired && !args.image.includes("@sha256:");
  const poolerObjection = imageObjection(args.poolerImage, { digestRequired });
  const needed = connectionsNeeded(pooler.instances, pooler.maxConnections);
  const bytes = (quantity: string) => (parseAmount(quantity) ?? 0n) / billion;
  const atLeast = (path: string, quantity: string, least: bigint, items: string) =>
    unless(
      bytes(quantity) >= least,
      path,
      quantity,
      `a quantity of at least ${least / 1024n ** 2n}Mi is needed (${items})`,
    );
  return [
    ...dnsLabel("capability", args.capability),
    ...dnsLabel("environment", args.environment),
    ...dnsLabel("clusterName", args.clusterName, 40),
    ...unless(
      major !== undefined && major >= minMajor,
      "image",
      args.image,
      `PostgreSQL ${minMajor} or later, as the image's tag says, is accepted, and ${thresholds.postgres.major} where both checklists hold (AUD-DB-01, CV-DB-01)`,
    ),
    ...unless(!objection, "image", args.image, "a digest is needed, @sha256:<64 hex digits> (AUD-INFRA-01, CV-IMG-05)"),
    ...(poolerObjection === undefined ? [] : unless(false, "poolerImage", args.poolerImage, poolerObjection)),
    ...wholeNumber("instances", args.instances, { min: minInstances, items: "AUD-DB-04, CV-DB-02" }),
    ...wholeNumber("synchronous", args.synchronous, { min: minSynchronous, items: "AUD-DB-04" }),
    ...unless(
      keepsWriting(args.instances, args.synchronous),
      "synchronous",
      args.synchronous,
      `at most ${args.instances - 2} is allowed with ${args.instances} instances, or writes stop with the first that is lost (AUD-DB-04)`,
    ),
    ...wholeNumber("pooler.instances", pooler.instances, { min: minPoolers, items: "CV-DB-05" }),
    ...wholeNumber("pooler.minPoolSize", pooler.minPoolSize, { ...pool, items: "AUD-DB-02, CV-DB-05" }),
    ...wholeNumber("pooler.maxConnections", pooler.maxConnections, { ...pool, items: "AUD-DB-02, CV-DB-05" }),
    ...unless(
      pooler.minPoolSize <= pooler.maxConnections,
      "pooler.minPoolSize",
      pooler.minPoolSize,
      `at most pooler.maxConnections, ${pooler.maxConnections}, is allowed (AUD-DB-02)`,
    ),
    ...wholeNumber("pooler.maxClients", pooler.maxClients, { min: pooler.maxConnections, items: "CV-ENV-08" }),
    ...wholeNumber("maxConnections", args.maxConnections, { min: 1 }),
    ...unless(
      args.maxConnections >= needed,
      "maxConnections",
      args.maxConnections,
      `at least ${needed} is needed: ${pooler.instances} poolers with ${pooler.maxConnections} each, and ${reservedConnections} beside them (AUD-DB-02)`,
    ),
    ...atLeast("limits.memory", args.limits.memory, minMemory, "CV-DB-05"),
    ...unless(
      parseAmount(args.limits.cpu) !== undefined,
      "limits.cpu",
      args.limits.cpu,
      "a quantity such as 2 is accepted",
    ),
    ...atLeast("storage", args.storage, minWalVolume, "AUD-DB-03"),
    ...atLeast("walStorage", args.walStorage, minWalVolume, "AUD-DB-03"),
    ...wholeNumber("archiveTimeoutSeconds", args.archiveTimeoutSeconds, {
      min: 1,
      max: thresholds.postgres.maxArchiveTimeoutSeconds,
      items: "CV-BCP-08",
    }),
    ...nodeAffinityProblems("nodeAffinity", args.nodeAffinity),
    ...tolerationsProblems("tolerations", args.tolerations),
    ...tenantProblems("tenants", args.tenants, "CV-DB-08", tenantIdentifier),
    ...dataClassProblems("dataClass", args.dataClass),
    ...unless(
      /^1\.(2[7-9]|[3-9]\d)$/.test(args.operatorVersion),
      "operatorVersion",
      args.operatorVersion,
      "1.27 or a later minor release of CloudNativePG is accepted (AUD-DB-04)",
    ),
    ...backupProblems(args),
  ];
}

function backupProblems({ backup, recoverFrom, serverName, clusterName }: GivenPostgres): Problem[] {
  const { schedule, retentionDays, method } = { ...postgresBackupDefaults, ...backup };
  const own = serverName ?? clusterName;
  return [
    ...scheduleProblems("backup.schedule", schedule, { seconds: true, items: "AUD-DB-03, CV-DB-03" }),
    ...wholeNumber("backup.retentionDays", retentionDays, {
      min: thresholds.backup.minRetentionDays,
      items: "AUD-DB-03, CV-DB-03",
    }),
    ...unless(
      (archiveMethods as readonly string[]).includes(method),
      "backup.method",
      method,
      `${archiveMethods.join(", ")} are known (AUD-DB-03)`,
    ),
    ...(recoverFrom === undefined
      ? []
      : [
          ...unless(
            backup !== undefined || recoverFrom.store !== undefined,
            "recoverFrom.store",
            "",
            "a bucket is needed, here or as backup.store (CV-DB-03)",
          ),
          ...unless(
            recoverFrom.serverName !== own,
            "serverName",
            own,
            `another name than recoverFrom.serverName is needed: the restored cluster archives from the start, and never over the archive it came from (CV-DB-03)`,
          ),
          ...unless(
            recoverFrom.targetTime === undefined ||
              /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:\d\d)?)$/.test(recoverFrom.targetTime),
            "recoverFrom.targetTime",
            recoverFrom.targetTime ?? "",
            "a time with its zone such as 2026-05-01 12:00:00+00 is accepted (CV-DB-03)",
          ),
        ]),
  ];
}

/** What is wrong with an update of a Cluster: smaller volumes, and an image that cannot read what is there. */
export function unsafeUpdate(change: Change): string[] {
  return [
    ...shrinks(change, "spec.storage.size", "storage", "AUD-DB-03"),
    ...shrinks(change, "spec.walStorage.size", "walStorage", "AUD-DB-03"),
    ...olderMajor(change),
  ];
}

/** What is wrong with an update to an older major version. */
export function olderMajor({ was, becomes }: Change): string[] {
  const [before, after] = [was, becomes].map((inputs) => valueAt(inputs, "spec.imageName"));
  if (typeof before !== "string" || typeof after !== "string") return [];
  const [from, to] = [majorOf(before), majorOf(after)];
  if (from === undefined || to === undefined || to >= from) return [];
  return [
    `image: ${after} given; the data is of PostgreSQL ${from}, which no older version reads: restore a backup into a new cluster instead (AUD-DB-01, CV-DB-01).`,
  ];
}
