// Emergency access: how it is used is written down where whoever needs it looks.
import { thresholds } from "../../checklist/thresholds.ts";
import { notConcerned, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import type { Rule } from "../lib/rule.ts";
import { lacksOf, runbooksName } from "../lib/runbooks.ts";
import { emergencyRole } from "../limits.ts";

const roleType = "aws:iam/role:Role";
const file = "break-glass.md";
const minutes = thresholds.audit.maxEmergencySeconds / 60;

export const emergenciesHaveAProcedure: Rule = stackRule<CloudResource>({
  name: "emergencies-have-a-written-procedure",
  decides: ["CV-SECRET-08"],
  severity: "medium",
  description: `How the role for emergencies is used in its ${minutes} minutes is written down, complete, in the cluster.`,
  fix: `Declare a ConfigMap ${runbooksName} with ${file}: Trigger, Steps, Check, Undo and Owner.`,
  subjects: (stack) => stack.ofType(roleType),
  check: ({ title, props, resource }, stack, complain) => {
    const name = props.get("name");
    if (!emergencyRole.test(name.isText ? (name.string() ?? "") : resource.name)) return notConcerned;
    const texts = stack
      .ofKind("ConfigMap")
      .filter((each) => each.name === runbooksName)
      .map(({ value }) => value.get("data").get(file))
      .filter((text) => text.isGiven);
    if (texts.length === 0)
      complain(`${title} has no written procedure: declare a ConfigMap ${runbooksName} with ${file}.`);
    for (const text of texts) {
      const lacks = lacksOf(text.string() ?? "");
      if (lacks.length > 0) complain(`${title} has a ${file} that lacks ${lacks.join(", ")}: write it.`);
    }
    return undefined;
  },
});
