// What the components' sources say about themselves: arguments with their JSDoc, outputs and type tokens. It is read from
// the syntax alone, without a type check, which would load the provider's whole SDK.
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { itemsIn, withoutItems } from "./markdown.ts";

/** An argument, an output, or a field of an object type. */
export interface Field {
  /** Dotted where it is a field of a type that has no name. */
  readonly name: string;
  /** As in the source, without `pulumi.`. */
  readonly type: string;
  readonly meaning: string;
  /** Undefined where the source states none. */
  readonly default?: string;
  readonly required: boolean;
  /** Checklist items behind it. */
  readonly items: readonly string[];
}

/** Something that is made of arguments. */
export interface Component {
  readonly name: string;
  readonly meaning: string;
  /** Pulumi's type token; undefined for a function. */
  readonly token?: string;
  /** Name of the interface of its arguments. */
  readonly args: string;
  readonly outputs: readonly Field[];
}

export interface Described {
  readonly meaning: string;
  readonly fields: readonly Field[];
}

/** What components/index.ts exports: components, in its order, and object types. */
export interface Sources {
  readonly components: readonly Component[];
  readonly types: ReadonlyMap<string, Described>;
}

export function readSources(root: string): Sources {
  const files = globSync("components/**/*.ts", { cwd: root }).sort();
  const statements = files.flatMap((file) => [...parsed(join(root, file)).statements]);

  const names = exportsOf(join(root, "components/index.ts"));

  const types = new Map<string, Described>();
  const interfaces = new Map(statements.filter(ts.isInterfaceDeclaration).map((each) => [each.name.text, each]));
  for (const [name, declaration] of interfaces)
    if (names.includes(name))
      types.set(name, { meaning: docOf(declaration).text, fields: allFieldsOf(declaration, interfaces) });

  const made = new Map<string, Component>();
  for (const statement of statements) {
    const component = ts.isClassDeclaration(statement)
      ? componentOf(statement)
      : ts.isFunctionDeclaration(statement)
        ? builderOf(statement, types)
        : undefined;
    if (component !== undefined) made.set(component.name, component);
  }
  return { components: names.flatMap((name) => made.get(name) ?? []), types };
}

function parsed(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
}

/** The names that a file exports of other files, also of those of which it exports everything. */
function exportsOf(index: string): string[] {
  return parsed(index).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { exportClause, moduleSpecifier } = statement;
    if (exportClause === undefined) return exportsOf(join(dirname(index), (moduleSpecifier as ts.StringLiteral).text));
    return ts.isNamedExports(exportClause) ? exportClause.elements.map((element) => element.name.text) : [];
  });
}

/** A class that extends ComponentResource. */
function componentOf(declaration: ts.ClassDeclaration): Component | undefined {
  const extended = declaration.heritageClauses?.[0]?.types[0]?.expression.getText() ?? "";
  if (declaration.name === undefined || !extended.endsWith("ComponentResource")) return undefined;
  const constructor = declaration.members.find(ts.isConstructorDeclaration);
  const args = constructor?.parameters[1]?.type?.getText();
  const token = /super\(\s*"([^"]+)"/.exec(constructor?.getText() ?? "")?.[1];
  if (args === undefined || token === undefined) throw new Error(`${declaration.name.text} has no arguments or token.`);
  const outputs = fieldsOf(declaration.members.filter(ts.isPropertyDeclaration));
  return { name: declaration.name.text, meaning: docOf(declaration).text, token, args, outputs };
}

/** A function from one of the object types to another. */
function builderOf(declaration: ts.FunctionDeclaration, types: ReadonlyMap<string, Described>): Component | undefined {
  const [parameter, ...more] = declaration.parameters;
  const args = parameter?.type?.getText() ?? "";
  const result = types.get(declaration.type?.getText() ?? "");
  if (declaration.name === undefined || more.length > 0 || !types.has(args) || result === undefined) return undefined;
  return { name: declaration.name.text, meaning: docOf(declaration).text, args, outputs: result.fields };
}

/** Its own fields, then those of the interfaces that it extends: the order in which Pulumi's schema has them. */
function allFieldsOf(
  declaration: ts.InterfaceDeclaration,
  interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>,
): Field[] {
  const inherited = (declaration.heritageClauses ?? [])
    .flatMap(({ types }) => types.map(({ expression }) => expression.getText()))
    .flatMap((name) => {
      const extended = interfaces.get(name);
      if (extended === undefined) throw new Error(`${declaration.name.text} extends ${name}, which is not found.`);
      return allFieldsOf(extended, interfaces);
    });
  return [...fieldsOf(declaration.members), ...inherited];
}

function fieldsOf(members: readonly ts.Node[], prefix = ""): Field[] {
  return members.flatMap((member) => {
    if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return [];
    const name = prefix + member.name.getText();
    const doc = docOf(member);
    // A type without a name; a map is none, for its keys are the user's.
    const literal = member.type !== undefined && ts.isTypeLiteralNode(member.type) ? member.type : undefined;
    const nested = literal?.members.some(ts.isIndexSignatureDeclaration) ? undefined : literal;
    const field: Field = {
      name,
      type: nested ? "object" : (member.type?.getText() ?? "").replaceAll("pulumi.", ""),
      meaning: withoutItems(doc.text),
      ...(doc.default !== undefined && { default: withoutItems(doc.default) }),
      required: member.questionToken === undefined,
      items: itemsIn(doc.text, doc.default ?? ""),
    };
    return [field, ...(nested ? fieldsOf(nested.members, `${name}.`) : [])];
  });
}

function docOf(node: ts.Node): { text: string; default?: string } {
  const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
  const line = (comment: ts.JSDoc["comment"]) => (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ").trim();
  const standard = doc?.tags?.find((tag) => tag.tagName.text === "default");
  return { text: line(doc?.comment), ...(standard && { default: line(standard.comment) }) };
}
