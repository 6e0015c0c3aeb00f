// iam.getPolicyDocument: renders and merges policy documents as the vendor's provider does, to the order of keys and items.
import { isObject, type Value, type Values } from "../values.ts";

interface Statement {
  sid?: string;
  effect?: string;
  actions?: string[];
  notActions?: string[];
  resources?: string[];
  notResources?: string[];
  principals?: Principal[];
  notPrincipals?: Principal[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

interface Principal {
  type: string;
  identifiers: string[];
}

/** The arguments of iam.getPolicyDocument. */
export interface PolicyArguments {
  version?: string;
  policyId?: string;
  statements?: Statement[];
  sourceJson?: string;
  overrideJson?: string;
  sourcePolicyDocuments?: string[];
  overridePolicyDocuments?: string[];
}

type Rendered = Values & { Sid?: string };

/** @throws Error when two statements of the sources have the same Sid */
export function policyDocument(given: PolicyArguments): { json: string; minifiedJson: string } {
  const statements: Rendered[] = [];
  let id = given.policyId;
  const take = (text: string): Rendered[] => {
    const document = parsed(text);
    if (typeof document["Id"] === "string" && id === undefined) id = document["Id"];
    return [document["Statement"]].flat().filter(isObject);
  };
  const add = (statement: Rendered): void => {
    const { Sid } = statement;
    if (Sid && statements.some((other) => other.Sid === Sid)) {
      throw new Error(`duplicate Sid (${Sid}) in a policy document: statements have to be unique`);
    }
    statements.push(statement);
  };
  for (const text of [given.sourceJson ?? "", ...(given.sourcePolicyDocuments ?? [])]) take(text).forEach(add);
  (given.statements ?? []).map(render).forEach(add);
  for (const text of [given.overrideJson ?? "", ...(given.overridePolicyDocuments ?? [])]) {
    for (const statement of take(text)) {
      const same = statement.Sid ? statements.findIndex((other) => other.Sid === statement.Sid) : -1;
      if (same < 0) statements.push(statement);
      else statements[same] = statement;
    }
  }
  const document = {
    Version: given.version ?? "2012-10-17",
    ...(id === undefined ? {} : { Id: id }),
    Statement: statements,
  };
  return { json: JSON.stringify(document, undefined, 2), minifiedJson: JSON.stringify(document) };
}

function parsed(text: string): Values {
  if (text.trim() === "") return {};
  const document: unknown = JSON.parse(text);
  return isObject(document) ? document : {};
}

function render(statement: Statement): Rendered {
  const entries: [string, Value | undefined][] = [
    ["Sid", statement.sid || undefined],
    ["Effect", statement.effect ?? "Allow"],
    ["Action", oneOrMany(statement.actions)],
    ["NotAction", oneOrMany(statement.notActions)],
    ["Resource", oneOrMany(statement.resources)],
    ["NotResource", oneOrMany(statement.notResources)],
    ["Principal", principals(statement.principals)],
    ["NotPrincipal", principals(statement.notPrincipals)],
    ["Condition", conditions(statement.conditions)],
  ];
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

/** `&{aws:username}` stands for `${aws:username}`, which Terraform would take for its own. */
const variables = (text: string) => text.replaceAll("&{", "${");

function oneOrMany(items: string[] = []): Value | undefined {
  const texts = items.map(variables);
  if (texts.length < 2) return texts[0];
  return texts.sort().reverse();
}

function principals(given: Principal[] = []): Value | undefined {
  if (given.length === 0) return undefined;
  const everybody = given.every(({ type, identifiers }) => type === "*" && identifiers.join() === "*");
  if (everybody) return "*";
  const byType = Map.groupBy(given, ({ type }) => type);
  const entries = [...byType].map(([type, some]): [string, Value] => [
    type,
    oneOrMany(some.flatMap(({ identifiers }) => identifiers)) ?? [],
  ]);
  return Object.fromEntries(entries.sort(byKey));
}

function conditions(given: Statement["conditions"] = []): Value | undefined {
  if (given.length === 0) return undefined;
  const tests: Record<string, Record<string, string[]>> = {};
  for (const { test, variable, values } of given)
    ((tests[test] ??= {})[variable] ??= []).push(...values.map(variables));
  const entries = Object.entries(tests).map(([test, byVariable]): [string, Value] => {
    const inner = Object.entries(byVariable).map(([variable, values]): [string, Value] => [
      variable,
      values.length === 1 ? values[0]! : values,
    ]);
    return [test, Object.fromEntries(inner.sort(byKey))];
  });
  return Object.fromEntries(entries.sort(byKey));
}

const byKey = ([a]: unknown[], [b]: unknown[]) => (String(a) < String(b) ? -1 : 1);
