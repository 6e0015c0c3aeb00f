import * as pulumi from "@pulumi/pulumi";
import { alertRules } from "../alerts.ts";
import { custom } from "../custom.ts";
import { hitRate, redisAlerts } from "./alerts.ts";
import type { Group } from "./group.ts";
import * as names from "./names.ts";

/** Metrics of both kinds of pods, the hit rate, and alerts (CV-CACHE-07, AUD-CSTR-05). */
export function monitoring(group: Group): void {
  const { namespace, capability, replicas, quorum } = group.args;
  const api = "monitoring.coreos.com/v1";
  custom(
    `${group.name}-metrics`,
    api,
    "ServiceMonitor",
    group.metadata(names.redis, names.redis),
    {
      selector: {
        matchLabels: { "app.kubernetes.io/name": capability },
        matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: [...names.components] }],
      },
      endpoints: [{ port: "metrics", interval: "30s" }],
    },
    group.child,
  );
  const inNamespace = pulumi.output(namespace);
  custom(
    `${group.name}-records`,
    api,
    "PrometheusRule",
    group.metadata("redis-records", names.redis),
    { groups: [{ name: "redis-records", rules: [inNamespace.apply(hitRate)] }] },
    group.child,
  );
  alertRules(
    `${group.name}-alerts`,
    group.metadata(names.redis, names.redis),
    names.redis,
    inNamespace.apply((known) => redisAlerts(known, { replicas, quorum })),
    group.child,
  );
}
