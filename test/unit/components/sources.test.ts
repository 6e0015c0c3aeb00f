// Reads the components' sources: what no type can ask for.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import ts from "typescript";

const directory = join(import.meta.dirname, "../../../components");
const sources = globSync("**/*.ts", { cwd: directory }).map((file) =>
  ts.createSourceFile(
    join(directory, file),
    readFileSync(join(directory, file), "utf8"),
    ts.ScriptTarget.ESNext,
    true, // nodes know their parents
  ),
);
const exported = sources.flatMap((source) =>
  source.statements.filter((statement) =>
    ts.canHaveModifiers(statement)
      ? ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false,
  ),
);
const components = exported
  .filter(ts.isClassDeclaration)
  .filter((each) => each.heritageClauses?.some((clause) => clause.getText().includes("pulumi.ComponentResource")));
const interfaces = exported.filter(ts.isInterfaceDeclaration);

function undocumented(node: ts.Node): boolean {
  return !ts
    .getJSDocCommentsAndTags(node)
    .some((doc) => ts.isJSDoc(doc) && (ts.getTextOfJSDocComment(doc.comment) ?? "").trim() !== "");
}

function whereIs(node: ts.Node, name: string): string {
  return `${basename(node.getSourceFile().fileName)}: ${name}`;
}

function callsOf(node: ts.Node, callee: string): ts.CallExpression[] {
  const found = ts.isCallExpression(node) && node.expression.getText() === callee ? [node] : [];
  return [...found, ...childrenOf(node).flatMap((child) => callsOf(child, callee))];
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

describe("the components' sources", () => {
  it("are found", () => {
    const names = components.map(({ name }) => name?.text).sort();
    assert.deepEqual(names, [
      "Alarms",
      "Application",
      "Audit",
      "Autoscaling",
      "Backup",
      "BackupBucket",
      "Capability",
      "CapabilityData",
      "CapabilityNamespace",
      "CertificateAuthority",
      "Cluster",
      "Detection",
      "Edge",
      "EmergencyAccess",
      "ExistingCluster",
      "ImagePolicy",
      "Mesh",
      "Network",
      "NetworkPolicies",
      "NodePools",
      "ObjectStorage",
      "OperatorIdentities",
      "Operators",
      "PostgresCluster",
      "PublicRoute",
      "RedisSentinel",
      "Registry",
      "Runbooks",
      "SecretStores",
      "Secrets",
      "Security",
      "ThirdPartyKeys",
    ]);
    assert.ok(interfaces.length > 20);
  });

  it("document every component, and every argument and output", () => {
    const members = [
      ...interfaces.flatMap((each) => each.members),
      ...components.flatMap((each) =>
        each.members.filter(ts.isPropertyDeclaration).filter(({ name }) => !ts.isPrivateIdentifier(name)),
      ),
    ].map((member) => ({
      member,
      name: `${(member.parent as ts.InterfaceDeclaration).name.text}.${member.name?.getText()}`,
    }));
    const lacking = members.filter(({ member }) => isPublicSurface(member) && undocumented(member));
    const classes = components.filter(undocumented).map((each) => whereIs(each, each.name?.text ?? ""));
    assert.deepEqual([...classes, ...lacking.map(({ member, name }) => whereIs(member, name))], []);
  });

  it("say of every optional argument what it is without", () => {
    const lacking = interfaces
      .filter(({ name }) => name.text.endsWith("Args") && name.text !== "ProbeArgs")
      .flatMap((each) => each.members)
      .filter((member) => member.questionToken !== undefined)
      .filter((member) => !ts.getJSDocTags(member).some(({ tagName }) => tagName.text === "default"))
      .map((member) => whereIs(member, member.name?.getText() ?? ""));
    assert.deepEqual(lacking, []);
  });

  it("register the outputs of each component once, at the end of its constructor", () => {
    for (const component of components) {
      const [constructor, ...more] = component.members.filter(ts.isConstructorDeclaration);
      const last = constructor?.body?.statements.at(-1);
      assert.equal(more.length, 0);
      assert.equal(callsOf(component, "this.registerOutputs").length, 1, component.name?.text);
      assert.ok(last?.getText().startsWith("this.registerOutputs("), component.name?.text);
    }
  });

  it("give each component a token of its area and name, and arguments of its name", () => {
    for (const component of components) {
      const name = component.name!.text;
      const [area] = relative(directory, component.getSourceFile().fileName).split(sep);
      const [token] = callsOf(component, "super")[0]!.arguments;
      const args = component.members.find(ts.isConstructorDeclaration)!.parameters[1]!;
      assert.equal(token!.getText(), `"apg:${area}:${name}"`);
      assert.equal(args.getText(), `args: ${name}Args`);
    }
  });

  it("stay readable: no file of more than 300 lines", () => {
    const long = sources.filter((source) => source.getLineStarts().length > 301).map(({ fileName }) => fileName);
    assert.deepEqual(long, []);
  });
});

/** Whether users of a component give it or get it; the rest is the components' own plumbing. */
function isPublicSurface(member: ts.Node): boolean {
  const owner = (member.parent as ts.InterfaceDeclaration).name.text;
  return !["PodTemplateParts", "DrillPodParts", "Problem", "Bounds"].includes(owner);
}
