import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Rule } from "../../policy-pack/lib/rule.ts";
import { relaxations, withReferencedFoundation } from "../../policy-pack/relaxations.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { cell, code, table } from "./markdown.ts";

interface Subject {
  readonly file: string;
  /** What the file's first comment says. */
  readonly introduction: string;
  readonly rules: readonly Rule[];
}

/** A section and a table for every file of rules, in the pack's own order. */
export async function rulesBlock(root: string): Promise<string> {
  const subjects = await subjectsOf(root);
  const items = new Set(allRules.flatMap(({ decides, contributesTo = [] }) => [...decides, ...contributesTo]));
  const count = `${allRules.length} rules on ${subjects.length} subjects say something about ${items.size} checklist items.`;
  return [count, ...subjects.map(section)].join("\n\n");
}

async function subjectsOf(root: string): Promise<Subject[]> {
  const folder = join(root, "policy-pack/rules");
  const subjects: Subject[] = [];
  for (const name of globSync("*.ts", { cwd: folder })) {
    if (name === "index.ts") continue;
    const file = join(folder, name);
    const exported = Object.values((await import(pathToFileURL(file).href)) as Record<string, Rule>);
    const [comment = ""] = /^(\/\/ .*\n)+/.exec(readFileSync(file, "utf8")) ?? [];
    const introduction = comment
      .replace(/^\/\/ /gm, "")
      .replace(/\s+/g, " ")
      .trim();
    subjects.push({ file: basename(name, ".ts"), introduction, rules: exported });
  }
  const listed = (rule: Rule | undefined) => {
    const index = rule === undefined ? -1 : allRules.indexOf(rule);
    if (index < 0) throw new Error(`policy-pack/rules/index.ts does not list ${rule?.name ?? "a file without rules"}.`);
    return index;
  };
  return subjects.sort((a, b) => listed(a.rules[0]) - listed(b.rules[0]));
}

function section({ file, introduction, rules }: Subject): string {
  const title = file[0]!.toUpperCase() + file.slice(1).replaceAll("-", " ");
  const header = ["rule", "severity", "what holds", "what to do", "decides", "contributes to", "settings"];
  const rows = rules.map((rule) => [
    code(rule.name),
    rule.severity,
    cell(rule.description),
    cell(rule.fix),
    rule.decides.join(", "),
    (rule.contributesTo ?? []).join(", "),
    settingsCell(rule),
  ]);
  return [
    `### ${title}`,
    `${introduction} [\`policy-pack/rules/${file}.ts\`](../policy-pack/rules/${file}.ts)`,
    table(header, rows),
  ].join("\n\n");
}

function settingsCell({ settings = {} }: Rule): string {
  return Object.entries(settings)
    .map(
      ([name, { type, description, default: strict }]) =>
        `${code(name)} (${type}, ${code(JSON.stringify(strict))}): ${cell(description)}`,
    )
    .join("<br>");
}

/** Where less is asked than the strict settings. */
export function relaxationsBlock(): string {
  const environments = Object.entries(relaxations).map(([name, rules]) => [`apg:environment: ${name}`, rules] as const);
  const places = [...environments, ["apg:foundation: { stack: ... }", withReferencedFoundation] as const];
  const rows = places.flatMap(([where, rules]) =>
    Object.entries(rules).flatMap(([rule, settings]) =>
      Object.entries(settings).map(([name, value]) => {
        const strict = allRules.find((candidate) => candidate.name === rule)?.settings?.[name]?.default;
        return [code(where), code(rule), code(name), code(JSON.stringify(value)), code(JSON.stringify(strict))];
      }),
    ),
  );
  return table(["stack configuration", "rule", "setting", "there", "strict"], rows);
}
