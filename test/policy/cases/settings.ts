import { all, set, unset } from "../fixtures.ts";
import { container, containerPath, deployment } from "./case.ts";
import type { BadCase, RuleCases } from "./case.ts";

function wrong(variable: string, value: string, to: string): BadCase {
  return {
    when: `${variable} is ${value}`,
    change: set("settings", ["data", variable], value),
    on: "deployment",
    says: [`${container} sets ${variable} otherwise: set it to ${to}.`],
  };
}

function missing(variable: string, to: string): BadCase {
  return {
    when: `${variable} is not set`,
    change: unset("settings", ["data", variable]),
    on: "deployment",
    says: [`${deployment} does not set ${variable}: set it to ${to}.`],
  };
}

const positive = "a number above 0";
const cacheShare = "a number above 0 and of at most 25% of the container's memory limit";
const workers = "a number above 0 and of at most 2 for each CPU of the limit, and one more";

export const settingsCases: RuleCases[] = [
  {
    rule: "applications-log-json",
    good: [
      {
        when: "the container's own variable wins over the ConfigMap",
        change: all(
          set("settings", "data.LOG_FORMAT", "text"),
          set("deployment", `${containerPath}.env.1`, { name: "LOG_FORMAT", value: "json" }),
        ),
      },
      {
        when: "a single key of a ConfigMap is taken",
        change: all(
          unset("settings", "data.LOG_FORMAT"),
          set("settings", "data.format", "json"),
          set("deployment", `${containerPath}.env.1`, {
            name: "LOG_FORMAT",
            valueFrom: { configMapKeyRef: { name: "api-settings-0123456789", key: "format" } },
          }),
        ),
      },
    ],
    bad: [
      wrong("LOG_FORMAT", "text", "json"),
      missing("LOG_FORMAT", "json"),
      {
        when: "the ConfigMap is not in the stack",
        change: set("deployment", `${containerPath}.envFrom.0.configMapRef.name`, "elsewhere"),
        on: "deployment",
        says: [
          `${deployment} does not set LOG_FORMAT, unless in elsewhere, which this stack does not declare: set it to json.`,
        ],
      },
    ],
  },
  {
    rule: "applications-log-requests",
    bad: [
      wrong("ACCESS_LOG", "false", "true"),
      wrong("LOG_LEVEL", "debug", "info or warning"),
      missing("DEBUG_REQUEST_HEADER", "a value of its own"),
    ],
  },
  { rule: "applications-log-at-production-level", bad: [wrong("LOG_LEVEL", "trace", "info or warning")] },
  {
    rule: "debugging-is-off",
    good: [{ when: "it is said to be off", change: set("settings", "data.DEBUG", "false") }],
    bad: [
      {
        when: "it is on",
        change: set("deployment", `${containerPath}.env.1`, { name: "DEBUG", value: "True" }),
        on: "deployment",
        says: [`${container} runs with DEBUG on: remove the variable.`],
      },
    ],
  },
  { rule: "applications-audit-requests", bad: [wrong("AUDIT_LOG", "errors", "all")] },
  {
    rule: "applications-cache-in-two-levels",
    bad: [
      wrong("CACHE_LEVELS", "redis", "local,redis"),
      wrong("CACHE_LOCAL_MAX_MB", "0", cacheShare),
      wrong("CACHE_LOCAL_MAX_MB", "1074", cacheShare),
      missing("CACHE_LOCAL_MAX_MB", cacheShare),
    ],
  },
  {
    rule: "applications-expire-what-they-cache",
    bad: [wrong("CACHE_DEFAULT_TTL_SECONDS", "-1", positive), wrong("REDIS_KEY_HASH_TAGS", "false", "true")],
  },
  {
    rule: "applications-tune-their-workers",
    bad: [
      wrong("WEB_WORKERS", "6", workers),
      wrong("WEB_THREADS", "many", positive),
      missing("BATCH_SIZE", positive),
      missing("REQUEST_TIMEOUT_SECONDS", positive),
      missing("DB_POOL_SIZE", positive),
    ],
  },
  { rule: "uploads-are-bounded", bad: [missing("MAX_UPLOAD_MB", positive)] },
  {
    rule: "sessions-are-safe",
    bad: [
      wrong("SESSION_COOKIE_SECURE", "false", "true"),
      wrong("SESSION_COOKIE_HTTPONLY", "false", "true"),
      wrong("SESSION_COOKIE_SAMESITE", "None", "Lax or Strict"),
      wrong("SESSION_IDLE_MINUTES", "31", "a number above 0 and of at most 30"),
      wrong("SESSION_MAX_HOURS", "24", "a number above 0 and of at most 12"),
    ],
  },
  { rule: "csrf-protection-is-on", bad: [wrong("WTF_CSRF_ENABLED", "false", "true")] },
];
