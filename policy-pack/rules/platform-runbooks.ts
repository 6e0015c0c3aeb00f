// What people do about the platform itself is written down, complete, in the cluster.
import { stackRule } from "../lib/define.ts";
import { clustersOf } from "../lib/eks.ts";
import type { Named } from "../lib/links.ts";
import { lacksOf, runbooksName } from "../lib/runbooks.ts";

const files = ["maintenance-window.md", "security-incident.md", "updates.md"];

export const platformsHaveProcedures = stackRule<Named>({
  name: "platforms-have-written-procedures",
  decides: ["AUD-SOP-06", "CV-AUDIT-04", "CV-MAINT-01"],
  contributesTo: ["AUD-SOP-04", "CV-MAINT-02"],
  severity: "medium",
  description:
    "How the platform is updated, in which window, and what is done about a breach is written down, complete.",
  fix: `Declare a ConfigMap ${runbooksName} with ${files.join(", ")}: Trigger, Steps, Check, Undo and Owner.`,
  subjects: clustersOf,
  check: (cluster, stack, complain) => {
    const runbooks = stack.ofKind("ConfigMap").filter(({ name }) => name === runbooksName);
    for (const file of files) {
      const texts = runbooks.map(({ value }) => value.get("data").get(file)).filter((text) => text.isGiven);
      if (texts.length === 0)
        complain(`${cluster.title} has no ${file} beside it: declare a ConfigMap ${runbooksName} with it.`);
      for (const text of texts) {
        const lacks = lacksOf(text.string() ?? "");
        if (lacks.length > 0) complain(`${file} beside ${cluster.title} lacks ${lacks.join(", ")}: write it.`);
      }
    }
  },
});
