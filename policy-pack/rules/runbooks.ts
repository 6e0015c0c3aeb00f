// What people do at three in the morning is written down, complete, where the alert that woke them leads.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { isDataServer, redisWorkloads } from "../lib/redis.ts";
import { lacksOf, runbookHeadings, runbookOf, runbooksAround, runbooksName } from "../lib/runbooks.ts";
import type { Value } from "../lib/value.ts";

const complete = `the headings ${runbookHeadings.map((heading) => `## ${heading}`).join(", ")}, a text under each, and commands under Steps`;

/** Complains unless the runbook of that name is there, and complete. */
function judgeRunbook(subject: KubernetesObject, stack: PlannedStack, file: string, complain: Complain): void {
  const found = runbooksAround(stack, subject).filter(({ value }) => value.get("data").get(file).isGiven);
  if (found.length === 0) {
    complain(
      `${subject.title} has no written procedure: declare a ConfigMap ${runbooksName} in its namespace with ${file}.`,
    );
  }
  for (const configMap of found) judgeText(configMap, file, complain);
}

function judgeText({ title, value }: KubernetesObject, file: string, complain: Complain): void {
  const lacks = lacksOf(value.get("data").get(file).string() ?? "");
  if (lacks.length > 0) complain(`${title} has a ${file} that lacks ${lacks.join(", ")}: write it.`);
}

export const databasesHaveARunbook = stackRule({
  name: "databases-have-a-written-recovery",
  decides: ["AUD-SOP-03", "CV-BCP-02", "AUD-RUN-02"],
  severity: "high",
  description: "How a Cluster is backed up, restored and maintained is written down where the people on call find it.",
  fix: `Declare a ConfigMap ${runbooksName} in the Cluster's namespace with backup-recovery.md and database-maintenance.md: ${complete}.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    judgeRunbook(cluster, stack, "backup-recovery.md", complain);
    judgeRunbook(cluster, stack, "database-maintenance.md", complain);
  },
});

export const cachesHaveARunbook = stackRule({
  name: "caches-have-a-written-recovery",
  decides: ["AUD-CSTR-06", "CV-CACHE-08", "AUD-RUN-03"],
  severity: "medium",
  description: "How Redis is restored, emptied and warmed is written down where the people on call find it.",
  fix: `Declare a ConfigMap ${runbooksName} in the cache's namespace with cache-management.md: ${complete}.`,
  subjects: (stack) => redisWorkloads(stack).filter((each) => isDataServer(stack, each)),
  check: (workload, stack, complain) => judgeRunbook(workload, stack, "cache-management.md", complain),
});

export const runbooksAreComplete = objectRule({
  name: "runbooks-are-complete",
  decides: [],
  contributesTo: ["CV-SUPP-02"],
  severity: "low",
  description: `Every runbook has ${complete}.`,
  fix: "Write what is missing.",
  kinds: ["ConfigMap"],
  check: (configMap, complain) => {
    if (configMap.name !== runbooksName) return notConcerned;
    for (const file of configMap.value.get("data").keys()) judgeText(configMap, file, complain);
    return undefined;
  },
});

/** Which runbook an alert has to lead to, where the checklists say it. */
function wantedRunbook(alert: string): string | undefined {
  if (alert.startsWith("Pg")) return "database-maintenance.md";
  return ["CacheHitRateLow", "RedisDown"].includes(alert) ? "cache-management.md" : undefined;
}

export const alertsLeadToRunbooks = stackRule({
  name: "data-alerts-lead-to-their-runbook",
  decides: ["AUD-RUN-02", "AUD-RUN-03"],
  severity: "medium",
  description:
    "Every alert named Pg* leads to database-maintenance.md, and CacheHitRateLow and RedisDown to cache-management.md.",
  fix: "Set annotations.runbook_url of the alert to a link that ends in the name of the runbook.",
  subjects: ["PrometheusRule"],
  check: ({ title, spec }, _stack, complain) => {
    const wanting = alertsOf(spec).filter(({ name }) => wantedRunbook(name) !== undefined);
    if (wanting.length === 0) return notConcerned;
    for (const { name, link } of wanting) {
      const wanted = wantedRunbook(name);
      if (runbookOf(link ?? "") !== wanted)
        complain(`${title} leads whom ${name} calls to ${link ?? "no runbook"}: set runbook_url to ${wanted}.`);
    }
    return undefined;
  },
});

export const runbookLinksResolve = stackRule({
  name: "runbook-links-resolve",
  decides: [],
  contributesTo: ["AUD-TRAIN-04", "CV-SUPP-01"],
  severity: "medium",
  description: `Every alert leads to a text of a ConfigMap ${runbooksName}.`,
  fix: `Set annotations.runbook_url of every alert to the name of a text in ${runbooksName}, and write that text.`,
  subjects: ["PrometheusRule"],
  check: (rule, stack, complain) => {
    const files = runbooksAround(stack, rule).flatMap(({ value }) => value.get("data").keys());
    for (const { name, link } of alertsOf(rule.spec)) {
      if (link === undefined) complain(`${rule.title} calls people for ${name} without a runbook: set runbook_url.`);
      else if (!files.includes(runbookOf(link)))
        complain(
          `${rule.title} leads whom ${name} calls to ${link}, which no ConfigMap ${runbooksName} has: write it.`,
        );
    }
  },
});

function alertsOf(spec: Value): { name: string; link: string | undefined }[] {
  return spec
    .get("groups")
    .list()
    .flatMap((group) => group.get("rules").list())
    .filter((rule) => rule.get("alert").isGiven)
    .map((rule) => ({
      name: rule.get("alert").string() ?? "",
      link: rule.at("annotations.runbook_url").string(),
    }));
}
