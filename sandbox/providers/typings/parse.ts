// Reads an SDK's generated declaration files. TypeScript parses them; no types are resolved.
import ts from "typescript";
import type { Value } from "../values.ts";
import type { Kind, Property, Shape } from "./model.ts";

/** The texts of an enumeration such as `s3.CannedAcl`, or nothing where there is no such. */
export type Enumerations = (name: string) => string[] | undefined;

type Members = ts.NodeArray<ts.TypeElement> | ts.NodeArray<ts.ClassElement>;

/** Every interface of a declaration file, and of its classes the properties that are outputs, by name. */
export function shapesOf(text: string, enumerations: Enumerations): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node)) shapes.set(node.name.text, shapeOf(node.members, enumerations));
    else if (ts.isClassDeclaration(node) && node.name) shapes.set(node.name.text, shapeOf(node.members, enumerations));
    else ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("sdk.d.ts", text, ts.ScriptTarget.Latest, true));
  return shapes;
}

function shapeOf(members: Members, enumerations: Enumerations): Shape {
  const shape: Record<string, Property> = {};
  for (const member of members) {
    if (!(ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) || !member.type) continue;
    const name = ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : undefined;
    if (name === undefined || isStatic(member)) continue;
    const { kind, optional, values } = read(member.type, enumerations);
    const comment = commentOf(member);
    const named = values ?? valuesIn(comment);
    const fallback = defaultIn(comment, kind);
    shape[name] = {
      kind,
      required: !member.questionToken && !optional,
      ...(named && kindHoldsText(kind) ? { values: named } : {}),
      ...(fallback === undefined ? {} : { default: fallback }),
      ...(saysReplacement(comment) ? { replaces: true } : {}),
    };
  }
  return shape;
}

const isStatic = (member: ts.PropertySignature | ts.PropertyDeclaration) =>
  member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;

interface Read {
  kind: Kind;
  optional?: boolean;
  values?: string[] | undefined;
}

function read(node: ts.TypeNode, enumerations: Enumerations): Read {
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return { kind: "string" };
    case ts.SyntaxKind.NumberKeyword:
      return { kind: "number" };
    case ts.SyntaxKind.BooleanKeyword:
      return { kind: "boolean" };
  }
  if (ts.isParenthesizedTypeNode(node)) return read(node.type, enumerations);
  if (ts.isArrayTypeNode(node)) {
    const { kind, values } = read(node.elementType, enumerations);
    return { kind: { list: kind }, values };
  }
  if (ts.isTypeLiteralNode(node)) {
    const index = node.members.find(ts.isIndexSignatureDeclaration);
    return { kind: index ? { map: read(index.type, enumerations).kind } : "any" };
  }
  if (ts.isUnionTypeNode(node)) return union(node, enumerations);
  if (ts.isTypeReferenceNode(node)) return reference(node, enumerations);
  return { kind: "any" };
}

function union(node: ts.UnionTypeNode, enumerations: Enumerations): Read {
  const present = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
  const optional = present.length < node.types.length;
  if (present.length === 1) return { ...read(present[0]!, enumerations), optional };
  const members = present.map((type) => read(type, enumerations));
  const document = members.map(({ kind }) => kind).find((kind) => typeof kind === "object" && "named" in kind);
  const texts = ({ kind }: Read) =>
    kind === "string" || (typeof kind === "object" && ("oneOf" in kind || kind === document));
  if (!members.some(({ kind }) => kind === "string") || !members.every(texts)) return { kind: "any", optional };
  // A text, or: an object that becomes one, a resource whose id is meant, one of the texts that the SDK has names for.
  if (document) return { kind: members.length === 2 ? { document: document.named } : "any", optional };
  const values = members.flatMap(({ kind }) => (typeof kind === "object" && "oneOf" in kind ? kind.oneOf : []));
  return { kind: "string", optional, values: values.length ? values : undefined };
}

function reference(node: ts.TypeReferenceNode, enumerations: Enumerations): Read {
  const path = nameOf(node.typeName);
  const [root, ...rest] = path;
  const [argument] = node.typeArguments ?? [];
  if (root === "pulumi" && (rest[0] === "Input" || rest[0] === "Output") && argument)
    return read(argument, enumerations);
  if (root === "inputs" || root === "outputs") return { kind: { named: rest.join(".") } };
  if (root === "enums") {
    const oneOf = enumerations(rest.join("."));
    return { kind: oneOf ? { oneOf } : "string" };
  }
  if (root === "pulumi" || root === "Record") return { kind: "any" };
  // A class of the SDK, by whose id the engine replaces it, or one of its older names for texts.
  return { kind: "string" };
}

const nameOf = (name: ts.EntityName): string[] =>
  ts.isIdentifier(name) ? [name.text] : [...nameOf(name.left), name.right.text];

function commentOf(node: ts.Node): string {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(doc?.comment) ?? "").replace(/\s+/g, " ");
}

const kindHoldsText = (kind: Kind): boolean =>
  kind === "string" || (typeof kind === "object" && "list" in kind && kindHoldsText(kind.list));

const term = "`([^`]+)`";
const list = `(?:${term.replace(/[()]/g, "")}(?: \\(default\\))?(?:, and |, or |, | and | or )?)+`;

/** Only a sentence that is nothing but a list is taken at its word. */
function valuesIn(comment: string): string[] | undefined {
  const sentence = new RegExp(`(?:[Vv]alid|[Aa]llowed) values?(?::| are:?| include:?) (${list})(?:\\.|$)`).exec(
    comment,
  )?.[1];
  const values = sentence === undefined ? [] : [...sentence.matchAll(new RegExp(term, "g"))].map(([, value]) => value!);
  return values.length > 1 ? values.map((value) => value.replace(/^"(.*)"$/, "$1")) : undefined;
}

function defaultIn(comment: string, kind: Kind): Value | undefined {
  const text = /\bDefaults?(?: value)?(?: is| to|:)? (?:`"?([^`"]*)"?`|(true|false|\d+)(?=[.,]|$))/.exec(comment);
  const value = text?.[1] ?? text?.[2];
  if (value === undefined) return undefined;
  if (kind === "boolean") return value === "true" ? true : value === "false" ? false : undefined;
  if (kind === "number") return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  return kind === "string" && /^[\w.:/-]+$/.test(value) ? value : undefined;
}

/** A sentence that makes it depend on something is not counted: a replacement announced in vain is no small thing. */
function saysReplacement(comment: string): boolean {
  const sentences = comment.split(/(?<=\.) /);
  const says =
    /[Ff]orces? replacement|[Ff]orces? (?:a )?new (?:resource|\w+ to be created)|[Ff]orces (?:re-?creation|the creation of a new)/;
  return sentences.some((sentence) => says.test(sentence) && !/\b(?:if|when|unless|except|may|once)\b/i.test(sentence));
}

/** The enumerations of an SDK's `enums` file, by name. */
export function enumerationsOf(text: string): Map<string, string[]> {
  const constants = text.matchAll(/^export declare const (\w+): \{\n([\s\S]*?)^\};/gm);
  return new Map(
    [...constants].map(([, name, body]) => [
      name!,
      [...body!.matchAll(/: "((?:[^"\\]|\\.)*)";/g)].map(([, value]) => JSON.parse(`"${value}"`) as string),
    ]),
  );
}
