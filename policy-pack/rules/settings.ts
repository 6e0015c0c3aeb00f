// What the checklists ask of an application's own settings, judged by the environment that its containers really get.
import { notConcerned, stackRule } from "../lib/define.ts";
import { applications, ApplicationSettings } from "../lib/environment.ts";
import type { Container } from "../lib/pod.ts";
import { podOf } from "../lib/pod.ts";
import type { Rule } from "../lib/rule.ts";
import { amountOf } from "../lib/workload.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const wanted = thresholds.settings;

/** One variable that an application has to set. */
interface Demand {
  readonly variable: string;
  /** What to set it to, in words. */
  readonly to: string;
  readonly accepts: (value: string, container: Container) => boolean;
}

function oneOf(variable: string, ...values: readonly string[]): Demand {
  return { variable, to: values.join(" or "), accepts: (value) => values.includes(value) };
}

function given(variable: string): Demand {
  return { variable, to: "a value of its own", accepts: (value) => value.trim() !== "" };
}

function atMost(variable: string, limit: number): Demand {
  return {
    variable,
    to: `a number above 0 and of at most ${limit}`,
    accepts: (value) => isAmount(value) && Number(value) <= limit,
  };
}

function positive(variable: string): Demand {
  return { variable, to: "a number above 0", accepts: isAmount };
}

function isAmount(value: string): boolean {
  return /^\d+(\.\d+)?$/.test(value) && Number(value) > 0;
}

/** A rule that every application sets its variables as demanded, in one container at least and in none otherwise. */
function settingsRule(
  rule: Pick<Rule, "name" | "decides" | "contributesTo" | "severity" | "description"> & { demands: readonly Demand[] },
): Rule {
  const { demands, ...heading } = rule;
  return stackRule({
    ...heading,
    fix: `Set in the application's ConfigMap: ${demands.map(({ variable, to }) => `${variable} to ${to}`).join("; ")}.`,
    subjects: applications,
    check: (application, stack, complain) => {
      const pod = podOf(application);
      if (pod === undefined) return notConcerned;
      const settings = new ApplicationSettings(stack, pod);
      for (const { variable, to, accepts } of demands) {
        const values = settings.values(variable);
        if (values.length === 0) complain(`${pod.title} does not set ${variable}${unseen(settings)}: set it to ${to}.`);
        for (const { container, value } of values) {
          if (!accepts(value, container)) complain(`${container.title} sets ${variable} otherwise: set it to ${to}.`);
        }
      }
      return undefined;
    },
  });
}

function unseen({ unseen: names }: ApplicationSettings): string {
  return names.length === 0 ? "" : `, unless in ${names.join(", ")}, which this stack does not declare`;
}

export const applicationsLogJson = settingsRule({
  name: "applications-log-json",
  decides: [],
  contributesTo: ["AUD-LOG-01"],
  severity: "medium",
  description: "Applications write their log as JSON.",
  demands: [oneOf("LOG_FORMAT", wanted.logFormat)],
});

export const applicationsLogRequests = settingsRule({
  name: "applications-log-requests",
  decides: ["AUD-LOG-06"],
  severity: "medium",
  description: "Applications log every request, and more of one that is marked for debugging.",
  demands: [oneOf("ACCESS_LOG", "true"), oneOf("LOG_LEVEL", ...wanted.logLevels), given("DEBUG_REQUEST_HEADER")],
});

export const applicationsDoNotDebug = settingsRule({
  name: "applications-log-at-production-level",
  decides: ["CV-ENV-06"],
  severity: "medium",
  description: "Applications log at level info or warning, never debug.",
  demands: [oneOf("LOG_LEVEL", ...wanted.logLevels)],
});

export const debuggingIsOff = stackRule({
  name: "debugging-is-off",
  decides: ["CV-ENV-06"],
  severity: "high",
  description: "No container runs with DEBUG switched on.",
  fix: "Remove DEBUG from the containers' environment, or set it to false.",
  subjects: (stack) => stack.workloads,
  check: (workload, stack, complain) => {
    const pod = podOf(workload);
    if (pod === undefined) return notConcerned;
    for (const { container, value } of new ApplicationSettings(stack, pod).values("DEBUG")) {
      if (/^(1|on|true|yes)$/i.test(value)) complain(`${container.title} runs with DEBUG on: remove the variable.`);
    }
    return undefined;
  },
});

export const applicationsAuditRequests = settingsRule({
  name: "applications-audit-requests",
  decides: [],
  contributesTo: ["CV-APG-07"],
  severity: "medium",
  description: "Applications record every request and response in the audit trail.",
  demands: [oneOf("AUDIT_LOG", "all")],
});

const cacheShare: Demand = {
  variable: "CACHE_LOCAL_MAX_MB",
  to: `a number above 0 and of at most ${wanted.maxLocalCacheShare * 100}% of the container's memory limit`,
  accepts: (value, container) => {
    const limit = amountOf(container.value, "limits", "memory");
    if (!isAmount(value) || limit === undefined) return false;
    const megabytes = Number(limit / 10n ** 9n) / 1e6;
    return Number(value) <= megabytes * wanted.maxLocalCacheShare;
  },
};

export const applicationsCacheInTwoLevels = settingsRule({
  name: "applications-cache-in-two-levels",
  decides: ["AUD-CACHE-02", "AUD-CSTR-01", "CV-PERF-04"],
  severity: "medium",
  description: "Applications cache in their own memory, within bounds, and then in Redis.",
  demands: [oneOf("CACHE_LEVELS", wanted.cacheLevels), cacheShare],
});

export const applicationsExpireTheirCache = settingsRule({
  name: "applications-expire-what-they-cache",
  decides: ["AUD-CSTR-02", "CV-CACHE-05", "AUD-CACHE-01"],
  severity: "low",
  description: "What applications cache in Redis expires, under keys that stay valid in a Redis cluster.",
  demands: [positive("CACHE_DEFAULT_TTL_SECONDS"), oneOf("REDIS_KEY_HASH_TAGS", "true")],
});

const workers: Demand = {
  variable: "WEB_WORKERS",
  to: `a number above 0 and of at most ${wanted.maxWorkersPerCpu} for each CPU of the limit, and one more`,
  accepts: (value, container) => {
    const limit = amountOf(container.value, "limits", "cpu");
    if (!isAmount(value) || limit === undefined) return false;
    return Number(value) <= (Number(limit) / 1e9) * wanted.maxWorkersPerCpu + 1;
  },
};

export const applicationsTuneTheirWorkers = settingsRule({
  name: "applications-tune-their-workers",
  decides: [],
  contributesTo: ["CV-ENV-07", "CV-ENV-08"],
  severity: "medium",
  description:
    "Applications state their workers, threads, batches, time-outs and connections, and the workers fit the CPU.",
  demands: [
    workers,
    ...["WEB_THREADS", "BATCH_SIZE", "REQUEST_TIMEOUT_SECONDS", "DB_POOL_SIZE"].map((variable) => positive(variable)),
  ],
});

export const uploadsAreBounded = settingsRule({
  name: "uploads-are-bounded",
  decides: [],
  contributesTo: ["CV-APPSEC-04"],
  severity: "medium",
  description: "Applications bound the size of what is uploaded.",
  demands: [positive("MAX_UPLOAD_MB")],
});

export const sessionsAreSafe = settingsRule({
  name: "sessions-are-safe",
  decides: ["CV-APPSEC-03"],
  severity: "high",
  description: "Session cookies are Secure, HttpOnly and SameSite, and sessions end.",
  demands: [
    oneOf("SESSION_COOKIE_SECURE", "true"),
    oneOf("SESSION_COOKIE_HTTPONLY", "true"),
    oneOf("SESSION_COOKIE_SAMESITE", ...wanted.sameSite),
    atMost("SESSION_IDLE_MINUTES", wanted.maxSessionIdleMinutes),
    atMost("SESSION_MAX_HOURS", wanted.maxSessionHours),
  ],
});

export const csrfProtectionIsOn = settingsRule({
  name: "csrf-protection-is-on",
  decides: ["CV-APPSEC-06"],
  severity: "high",
  description: "Applications demand a CSRF token for every request that changes state.",
  demands: [oneOf("WTF_CSRF_ENABLED", "true")],
});
