import { imageObjection } from "../../../checklist/image.ts";
import { parseAmount } from "../../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import { nodeAffinityProblems } from "../../capability/node-affinity.ts";
import { amountProblems } from "../../capability/quota.ts";
import { tolerationsProblems } from "../../capability/tolerations.ts";
import { distinct, dnsLabel, unless, wholeNumber } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { scheduleProblems } from "../backup/schedule.ts";
import { dataClassProblems } from "../data-class.ts";
import { valueAt } from "../guard.ts";
import type { Change } from "../guard.ts";
import { redisBackupDefaults, redisRequests } from "./args.ts";
import type { GivenRedis } from "./args.ts";
import { bytesOf, majorityOf } from "./sizing.ts";

const { minMajor, minReplicas, minSentinels } = thresholds.redis;

/** Major and minor version that an image's tag says; undefined when it says none. */
export function versionOf(image: string): { major: number; minor: number } | undefined {
  const found = /:v?(\d+)\.(\d+)[^/@]*(@|$)/.exec(image);
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2]) };
}

/** Problems of the arguments, all of them. */
export function redisProblems(args: GivenRedis): Problem[] {
  const majority = majorityOf(args.sentinels);
  return [
    ...dnsLabel("capability", args.capability),
    ...dnsLabel("environment", args.environment),
    ...dnsLabel("group", args.group),
    ...imageProblems("image", args.image, args),
    ...unless(
      (versionOf(args.image)?.major ?? minMajor) >= minMajor,
      "image",
      args.image,
      `Redis ${minMajor} or later, as the image's tag says, is accepted (AUD-CACHE-01)`,
    ),
    ...wholeNumber("replicas", args.replicas, { min: minReplicas, items: "AUD-CACHE-01, CV-CACHE-01" }),
    ...wholeNumber("sentinels", args.sentinels, { min: minSentinels, items: "AUD-CACHE-04" }),
    ...unless(
      args.sentinels % 2 === 1,
      "sentinels",
      args.sentinels,
      "an odd number is needed: one more than an even number can be lost before nobody decides (AUD-CACHE-04)",
    ),
    ...wholeNumber("quorum", args.quorum, { min: thresholds.redis.quorum, items: "AUD-CACHE-04" }),
    ...unless(
      args.quorum >= majority && args.quorum <= args.sentinels,
      "quorum",
      args.quorum,
      `${majority} to ${args.sentinels} of ${args.sentinels} Sentinels are accepted, more than half of them (AUD-CACHE-04)`,
    ),
    ...sizeProblems(args),
    ...clientsProblems(args),
    ...nodeAffinityProblems("nodeAffinity", args.nodeAffinity),
    ...tolerationsProblems("tolerations", args.tolerations),
    ...(args.monitoring === undefined ? [] : exporterProblems(args.monitoring.exporterImage, args)),
    ...backupProblems(args),
    ...dataClassProblems("dataClass", args.dataClass),
  ];
}

function imageProblems(path: string, image: string, { allowUndigestedImage }: GivenRedis): Problem[] {
  const objection = imageObjection(image, { digestRequired: !allowUndigestedImage });
  return objection === undefined ? [] : unless(false, path, image, objection);
}

/** The first release of the exporter that reads its password anew while it runs. */
const minExporter = deepFrozen({ major: 1, minor: 50 });

function exporterProblems(image: string, args: GivenRedis): Problem[] {
  const version = versionOf(image) ?? minExporter;
  const rotates = args.secretStore?.rotation !== undefined;
  return [
    ...imageProblems("monitoring.exporterImage", image, args),
    ...unless(
      !rotates || version.major > minExporter.major || version.minor >= minExporter.minor,
      "monitoring.exporterImage",
      image,
      "1.50 or later is needed where passwords rotate: others keep the one they started with (CV-SECRET-02)",
    ),
  ];
}

function sizeProblems(args: GivenRedis): Problem[] {
  const requests = redisRequests(args);
  const malformed = [
    ...amountProblems("requests", requests),
    ...(["memoryLimit", "cpuLimit", "storage"] as const).flatMap((path) =>
      unless(
        (parseAmount(args[path]) ?? 0n) > 0n,
        path,
        args[path],
        `a Kubernetes quantity such as ${path === "cpuLimit" ? "2" : "5Gi"} is accepted (AUD-CACHE-05)`,
      ),
    ),
  ];
  if (malformed.length > 0) return malformed;
  const { minMemoryRequestShare } = thresholds.resources;
  return [
    ...unless(
      bytesOf(args.memoryLimit) >= 64n * 1024n ** 2n,
      "memoryLimit",
      args.memoryLimit,
      "at least 64Mi is needed for a Redis that holds anything (AUD-CACHE-05)",
    ),
    ...unless(
      bytesOf(requests.memory) <= bytesOf(args.memoryLimit) &&
        Number(bytesOf(requests.memory)) >= Number(bytesOf(args.memoryLimit)) * minMemoryRequestShare,
      "requests.memory",
      requests.memory,
      `${minMemoryRequestShare * 100} to 100 % of memoryLimit (${args.memoryLimit}) is accepted (CV-SCALE-02)`,
    ),
    ...unless(
      (parseAmount(requests.cpu) ?? 0n) <= (parseAmount(args.cpuLimit) ?? 0n),
      "requests.cpu",
      requests.cpu,
      `at most cpuLimit (${args.cpuLimit}) is allowed (CV-MAN-06)`,
    ),
    ...unless(
      bytesOf(args.storage) >= 2n * bytesOf(args.memoryLimit),
      "storage",
      args.storage,
      `at least twice memoryLimit (${args.memoryLimit}) is needed: the append-only file is written anew beside the old one and a snapshot (AUD-CACHE-03)`,
    ),
  ];
}

function clientsProblems({ clients }: GivenRedis): Problem[] {
  const taken = ["redis", "sentinel", "monitoring", "backup"];
  return [
    ...clients.flatMap(({ name }, index) =>
      unless(!taken.includes(name), `clients[${index}].name`, name, "the group has an edge of that name already"),
    ),
    ...distinct(
      "clients",
      clients.map(({ name }) => name),
    ),
  ];
}

function backupProblems(args: GivenRedis): Problem[] {
  if (args.backup === undefined) return [];
  const { toolsImage, schedule = redisBackupDefaults.schedule, retentionDays } = args.backup;
  return [
    ...imageProblems("backup.toolsImage", toolsImage, args),
    ...scheduleProblems("backup.schedule", schedule, { items: "AUD-CSTR-06, CV-CACHE-08" }),
    ...wholeNumber("backup.retentionDays", retentionDays ?? redisBackupDefaults.retentionDays, {
      min: thresholds.backup.minRetentionDays,
      items: "AUD-DB-03, CV-CACHE-08",
    }),
  ];
}

/** What is wrong with an update to an image that may not read what a newer one wrote. */
export function olderImage({ was, becomes }: Change): string[] {
  const [before, after] = [imageOf(was), imageOf(becomes)];
  const [from, to] = [versionOf(before), versionOf(after)];
  if (from === undefined || to === undefined) return [];
  if (to.major > from.major || (to.major === from.major && to.minor >= from.minor)) return [];
  return [`image: ${after} given; the data is of ${before}, and an older Redis may not read it (AUD-CACHE-01).`];
}

function imageOf(statefulSet: Record<string, unknown>): string {
  const image = valueAt(statefulSet, "spec.template.spec.containers.0.image");
  return typeof image === "string" ? image : "";
}
