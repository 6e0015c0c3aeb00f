import * as pulumi from "@pulumi/pulumi";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { custom } from "./custom.ts";

/** Something that people are called for. */
export interface Alert {
  /** Name of the alert. */
  alert: string;
  /** PromQL expression that holds while it is wrong. */
  expr: string;
  /** How long it holds before anybody is called, such as "5m". */
  for: string;
  /** "critical" wakes people, "warning" waits for the morning. */
  severity: "critical" | "warning";
  /** What is wrong, one sentence. */
  summary: string;
  /** Where the remedy is written down. */
  runbook: string;
}

/** Alerts as a PrometheusRule of one group. */
export function alertRules(
  name: string,
  metadata: k8s.meta.v1.ObjectMeta,
  group: string,
  alerts: pulumi.Input<Alert[]>,
  opts: pulumi.CustomResourceOptions,
): void {
  const rules = pulumi.output(alerts).apply((known) =>
    known.map(({ alert, expr, for: duration, severity, summary, runbook }) => ({
      alert,
      expr,
      for: duration,
      labels: { severity },
      annotations: { summary, runbook_url: runbook },
    })),
  );
  custom(name, "monitoring.coreos.com/v1", "PrometheusRule", metadata, { groups: [{ name: group, rules }] }, opts);
}
