import { billion, parseAmount } from "../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import type { ResourceAmounts } from "./quota.ts";

/** A feature that can be switched without a new image (CV-ENV-05). */
export interface FeatureFlag {
  /** Name that the code asks for. */
  name: string;
  /** Whether the feature is on where nothing else is said. */
  default: boolean;
  /** Who decides about the flag and removes it. */
  owner: string;
  /** Day by which the flag is removed from the code, as YYYY-MM-DD. */
  removeBy: string;
}

export const settingsDefaults = deepFrozen({
  LOG_FORMAT: thresholds.settings.logFormat, // AUD-LOG-01
  LOG_LEVEL: "info", // AUD-LOG-06, CV-ENV-06
  ACCESS_LOG: "true", // AUD-LOG-06
  DEBUG_REQUEST_HEADER: "X-Debug-Request", // AUD-LOG-06
  AUDIT_LOG: "all", // CV-APG-07
  CACHE_LEVELS: thresholds.settings.cacheLevels, // AUD-CACHE-02, AUD-CSTR-01, CV-PERF-04
  CACHE_DEFAULT_TTL_SECONDS: "300", // AUD-CSTR-02, CV-CACHE-05
  REDIS_KEY_HASH_TAGS: "true", // AUD-CACHE-01
  SESSION_COOKIE_SECURE: "true", // CV-APPSEC-03
  SESSION_COOKIE_HTTPONLY: "true", // CV-APPSEC-03
  SESSION_COOKIE_SAMESITE: "Lax", // CV-APPSEC-03
  SESSION_IDLE_MINUTES: String(thresholds.settings.maxSessionIdleMinutes), // CV-APPSEC-03
  SESSION_MAX_HOURS: String(thresholds.settings.maxSessionHours), // CV-APPSEC-03
  WTF_CSRF_ENABLED: "true", // CV-APPSEC-06
  MAX_UPLOAD_MB: "100", // CV-APPSEC-04
  WEB_THREADS: "4", // CV-ENV-07
  BATCH_SIZE: "16", // CV-ENV-07
  REQUEST_TIMEOUT_SECONDS: "30", // CV-ENV-07
  DB_POOL_SIZE: "5", // CV-ENV-08
});

/** Variables by which each runtime's garbage collector is set explicitly (CV-PERF-08). */
export const runtimes: Readonly<Record<string, { readonly [env: string]: string }>> = deepFrozen({
  python: { PYTHON_GC_THRESHOLD: "700,10,10" },
  jvm: { JAVA_TOOL_OPTIONS: "-XX:MaxRAMPercentage=75 -XX:+UseG1GC" },
  other: {},
});

const megabyte = 1000n * 1000n * billion;

/**
 * Settings that follow from a pod's limits: two workers a CPU and one more (CV-ENV-07), and local caches of all workers
 * that together stay within a quarter of the memory (AUD-CSTR-01).
 */
export function sizedSettings(limits: ResourceAmounts): { [env: string]: string } {
  const { maxLocalCacheShare, maxWorkersPerCpu } = thresholds.settings;
  const workers = (BigInt(maxWorkersPerCpu) * (parseAmount(limits.cpu) ?? 0n)) / billion + 1n;
  const memory = parseAmount(limits.memory) ?? 0n;
  const cache = (memory * BigInt(Math.round(maxLocalCacheShare * 100))) / 100n / workers / megabyte;
  return { WEB_WORKERS: String(workers), CACHE_LOCAL_MAX_MB: String(cache > 0n ? cache : 1n) };
}

/** The flags as YAML; JSON's strings are YAML's. */
export function flagsYaml(flags: FeatureFlag[]): string {
  if (flags.length === 0) return "[]\n";
  return flags
    .map(
      (flag) =>
        `- name: ${JSON.stringify(flag.name)}\n` +
        `  default: ${flag.default}\n` +
        `  owner: ${JSON.stringify(flag.owner)}\n` +
        `  removeBy: ${JSON.stringify(flag.removeBy)}\n`,
    )
    .join("");
}
