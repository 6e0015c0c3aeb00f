import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** How a container is asked over HTTP whether it is well. */
export interface ProbeArgs {
  /** Path on the application's port; another one for each kind of probe. */
  path?: string;
  /** Seconds between two questions. */
  periodSeconds?: number;
  /** Seconds to wait for an answer. */
  timeoutSeconds?: number;
  /** Failures in a row that decide. */
  failureThreshold?: number;
}

/** The three probes of a container (AUD-PROD-05, CV-MAN-07). */
export interface ProbesArgs {
  /** Whether the process must be restarted. @default /health/live every 10 s, 3 failures (AUD-PROD-05) */
  liveness?: ProbeArgs;
  /** Whether the pod and what it depends on can serve. @default /health/ready every 5 s, 3 failures (AUD-PROD-05) */
  readiness?: ProbeArgs;
  /** Whether the start is complete. @default /health/startup every 5 s, 60 failures, so 5 minutes (CV-MAN-07) */
  startup?: ProbeArgs;
}

export const probesDefaults = deepFrozen({
  liveness: { path: "/health/live", periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
  readiness: { path: "/health/ready", periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
  startup: { path: "/health/startup", periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 60 },
});

const kinds = ["liveness", "readiness", "startup"] as const;

function probe(kind: (typeof kinds)[number], probes: ProbesArgs): Required<ProbeArgs> {
  return withDefaults<ProbeArgs, keyof ProbeArgs>(probes[kind] ?? {}, probesDefaults[kind]);
}

/** The container's probes on its port `http`. */
export function containerProbes(
  probes: ProbesArgs,
): Pick<k8s.core.v1.Container, "livenessProbe" | "readinessProbe" | "startupProbe"> {
  const rendered = (kind: (typeof kinds)[number]): k8s.core.v1.Probe => {
    const { path, periodSeconds, timeoutSeconds, failureThreshold } = probe(kind, probes);
    return { httpGet: { path, port: "http" }, periodSeconds, timeoutSeconds, failureThreshold };
  };
  return {
    livenessProbe: rendered("liveness"),
    readinessProbe: rendered("readiness"),
    startupProbe: rendered("startup"),
  };
}

/** Problems of the probes as they will be, given or default. */
export function probesProblems(path: string, probes: ProbesArgs): Problem[] {
  const { maxPeriodSeconds, minFailureThreshold } = thresholds.probes;
  const single = kinds.flatMap((kind) => {
    const { path: url, periodSeconds, timeoutSeconds, failureThreshold } = probe(kind, probes);
    return [
      ...unless(
        url.startsWith("/"),
        `${path}.${kind}.path`,
        url,
        "a path that starts with / is accepted (AUD-PROD-05)",
      ),
      ...wholeNumber(`${path}.${kind}.periodSeconds`, periodSeconds, {
        min: 1,
        max: maxPeriodSeconds,
        items: "AUD-PROD-05",
      }),
      ...wholeNumber(`${path}.${kind}.timeoutSeconds`, timeoutSeconds, { min: 1 }),
      ...wholeNumber(`${path}.${kind}.failureThreshold`, failureThreshold, {
        min: minFailureThreshold,
        items: "AUD-PROD-05",
      }),
    ];
  });
  const live = probe("liveness", probes).path;
  const differ = live !== probe("readiness", probes).path;
  return [
    ...single,
    ...unless(differ, `${path}.readiness.path`, live, "a path other than the liveness probe's is needed (AUD-PROD-05)"),
  ];
}
