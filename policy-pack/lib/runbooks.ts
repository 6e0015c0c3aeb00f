// Runbooks: texts for the people on call, in a ConfigMap where whoever follows an alert finds them.
import type { KubernetesObject } from "./kubernetes.ts";
import { around } from "./namespaces.ts";
import type { PlannedStack } from "./planned-stack.ts";

export const runbooksName = "apg-runbooks";
export const runbookHeadings = ["Trigger", "Steps", "Check", "Undo", "Owner"] as const;

/** The ConfigMaps with runbooks that somebody who looks after the subject finds. */
export function runbooksAround(stack: PlannedStack, subject: KubernetesObject): KubernetesObject[] {
  return around(stack, subject, "ConfigMap").filter(({ name }) => name === runbooksName);
}

/** What a runbook lacks, in words; nothing where it is complete. */
export function lacksOf(text: string): string[] {
  const sections = sectionsOf(text);
  const lacks = runbookHeadings.flatMap((heading) => {
    const section = sections.get(heading);
    if (section === undefined) return [`the heading "## ${heading}"`];
    return section.trim() === "" ? [`a text under "## ${heading}"`] : [];
  });
  const steps = sections.get("Steps") ?? "";
  const hasCommand = /^(```|~~~)[^\n]*\n[\s\S]*?\S/m.test(steps);
  return steps.trim() === "" || hasCommand ? lacks : [...lacks, 'a command under "## Steps"'];
}

/** The texts under the headings of the second level. What is in a block of code is no heading. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let heading: string | undefined;
  let fence: string | undefined;
  for (const line of text.split("\n")) {
    const mark = /^\s*(```|~~~)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) fence = fence === undefined ? mark : undefined;
    const found = fence === undefined ? /^## +(.+?) *#*$/.exec(line)?.[1] : undefined;
    if (found !== undefined) {
      heading = found;
      if (!sections.has(heading)) sections.set(heading, "");
    } else if (heading !== undefined) sections.set(heading, `${sections.get(heading)}${line}\n`);
  }
  return sections;
}

/** The name of the text that a link such as runbooks/cache-management.md or https://…/cache-management.md#steps is about. */
export function runbookOf(link: string): string {
  return (
    link
      .replace(/[?#].*$/, "")
      .split("/")
      .at(-1) ?? ""
  );
}
