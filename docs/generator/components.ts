import type { Described, Field, Sources } from "./arguments.ts";
import { cell, code, table } from "./markdown.ts";

/** A section a component, and one for the object types that their arguments and outputs are made of. */
export function componentsBlock({ components, types }: Sources): string {
  const type = (text: string) => {
    const named = namedIn(text, types);
    return named === undefined ? code(text) : `[${code(text)}](#${named.toLowerCase()})`;
  };
  const fieldTable = (fields: readonly Field[]) =>
    table(
      ["name", "type", "meaning", "default", "items"],
      fields.map((field) => [
        code(field.name),
        type(field.type),
        meaningOf(field),
        field.required ? "required" : cell(field.default ?? ""),
        field.items.join(", "),
      ]),
    );
  const outputTable = (fields: readonly Field[]) =>
    table(
      ["output", "type", "meaning"],
      fields.map((field) => [code(field.name), type(field.type), meaningOf(field)]),
    );

  const sections = components.map(({ name, meaning, token, args, outputs }) =>
    [
      `## ${name}`,
      token === undefined ? meaning : `${meaning} Type token \`${token}\`.`,
      `Arguments (\`${args}\`):`,
      fieldTable(types.get(args)!.fields),
      "Outputs:",
      outputTable(outputs),
    ].join("\n\n"),
  );
  const own = new Set(components.map(({ args }) => args));
  const shared = [...reachable(components, types)]
    .filter((name) => !own.has(name))
    .map((name) => [`### ${name}`, types.get(name)!.meaning, fieldTable(types.get(name)!.fields)].join("\n\n"));
  return [...sections, "## Object types", ...shared].join("\n\n");
}

function meaningOf({ name, meaning }: Field): string {
  if (meaning === "") throw new Error(`Nothing says what ${name} means.`);
  return cell(meaning);
}

function reachable(components: Sources["components"], types: Sources["types"]): Set<string> {
  const found = new Set<string>();
  const visit = (fields: readonly Field[]) => {
    for (const { type } of fields) {
      const name = namedIn(type, types);
      if (name === undefined || found.has(name)) continue;
      found.add(name);
      visit(types.get(name)!.fields);
    }
  };
  for (const { args, outputs } of components) {
    visit(types.get(args)!.fields);
    visit(outputs);
  }
  return found;
}

/** The object type that a type's text is about, as in `Input<NetworkPeer>` or `FeatureFlag[]`. */
export function namedIn(type: string, types: ReadonlyMap<string, Described>): string | undefined {
  return type.match(/\w+/g)?.find((word) => types.has(word));
}
