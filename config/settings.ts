// Settings that the checklists have a word about. A rule of the policy pack judges the same ones where they end up.
import { billion, parseAmount } from "../checklist/quantity.ts";
import { thresholds } from "../checklist/thresholds.ts";

/** Limits of the pod that the settings are for. */
interface Limits {
  readonly cpu: string;
  readonly memory: string;
}

interface SettingRule {
  readonly holds: (value: string, limits: Limits) => boolean;
  readonly accepted: (limits: Limits) => string;
}

const { cacheLevels, logFormat, logLevels, maxLocalCacheShare, maxSessionHours, maxSessionIdleMinutes } =
  thresholds.settings;

const rules: Readonly<Record<string, SettingRule>> = {
  LOG_FORMAT: oneOf([logFormat], "AUD-LOG-01"),
  LOG_LEVEL: oneOf(logLevels, "AUD-LOG-06, CV-ENV-06"),
  ACCESS_LOG: oneOf(["true"], "AUD-LOG-06"),
  DEBUG: oneOf(["false"], "CV-ENV-06"),
  DEBUG_REQUEST_HEADER: text("AUD-LOG-06"),
  AUDIT_LOG: oneOf(["all"], "CV-APG-07"),
  CACHE_LEVELS: oneOf([cacheLevels], "AUD-CACHE-02, AUD-CSTR-01"),
  CACHE_LOCAL_MAX_MB: number(
    ({ memory }) =>
      Number(((parseAmount(memory) ?? 0n) * BigInt(maxLocalCacheShare * 100)) / 100n / (10n ** 6n * billion)),
    "AUD-CSTR-01",
  ),
  CACHE_DEFAULT_TTL_SECONDS: number(unbounded, "AUD-CSTR-02, CV-CACHE-05"),
  REDIS_KEY_HASH_TAGS: oneOf(["true"], "AUD-CACHE-01"),
  MAX_UPLOAD_MB: number(unbounded, "CV-APPSEC-04"),
  SESSION_COOKIE_SECURE: oneOf(["true"], "CV-APPSEC-03"),
  SESSION_COOKIE_HTTPONLY: oneOf(["true"], "CV-APPSEC-03"),
  SESSION_COOKIE_SAMESITE: oneOf(thresholds.settings.sameSite, "CV-APPSEC-03"),
  SESSION_IDLE_MINUTES: number(() => maxSessionIdleMinutes, "CV-APPSEC-03"),
  SESSION_MAX_HOURS: number(() => maxSessionHours, "CV-APPSEC-03"),
  WTF_CSRF_ENABLED: oneOf(["true"], "CV-APPSEC-06"),
  WEB_WORKERS: number(
    ({ cpu }) => Number((BigInt(thresholds.settings.maxWorkersPerCpu) * (parseAmount(cpu) ?? 0n)) / billion) + 1,
    "CV-ENV-07",
  ),
  WEB_THREADS: number(unbounded, "CV-ENV-07"),
  BATCH_SIZE: number(unbounded, "CV-ENV-07"),
  REQUEST_TIMEOUT_SECONDS: number(unbounded, "CV-ENV-07"),
  DB_POOL_SIZE: number(unbounded, "CV-ENV-08"),
  ...Object.fromEntries(
    ["APG_CAPABILITY", "APG_ENVIRONMENT", "PORT"].map((name) => [
      name,
      {
        holds: () => false,
        accepted: () => "it follows from name, environment and port and is not set here (CV-MAN-03)",
      },
    ]),
  ),
};

/** What is accepted instead of this setting; undefined when the checklists do not object to it. */
export function settingObjection(name: string, value: string, limits: Limits): string | undefined {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  return rule === undefined || rule.holds(value, limits) ? undefined : rule.accepted(limits);
}

function oneOf(values: readonly string[], items: string): SettingRule {
  const accepted = `${values.map((value) => JSON.stringify(value)).join(" or ")} is accepted (${items})`;
  return { holds: (value) => values.includes(value), accepted: () => accepted };
}

function text(items: string): SettingRule {
  return { holds: (value) => value.trim() !== "", accepted: () => `a value is needed (${items})` };
}

function unbounded(): number {
  return Number.MAX_SAFE_INTEGER;
}

function number(max: (limits: Limits) => number, items: string): SettingRule {
  const range = (limits: Limits) => (max === unbounded ? "above 0" : `from 1 to ${max(limits)}`);
  return {
    holds: (value, limits) => /^[1-9]\d*$/.test(value) && Number(value) <= max(limits),
    accepted: (limits) => `a whole number ${range(limits)} is accepted (${items})`,
  };
}
