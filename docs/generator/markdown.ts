// Markdown by machine: tables, and the blocks of a document that are not written by hand.

/** A table without the columns that have nothing in any row. Rows are not padded: a changed rule is one changed line. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = header.map((_, column) => rows.some((row) => row[column] !== ""));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, column) => used[column]).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Plain text as a table's cell shows it; what is in backticks stays. */
export function cell(text: string): string {
  const parts = text.split(/(`[^`]*`)/).map((part) => (part.startsWith("`") ? part : part.replace(/[<*]/g, "\\$&")));
  return parts.join("").replace(/\|/g, "\\|").replace(/\s+/g, " ");
}

export function code(text: string): string {
  return `\`${text.replace(/\|/g, "\\|")}\``;
}

export const itemPattern = /\b(?:AUD|CV)-[A-Z]+-\d+\b/g;

/** Checklist items in a text, each once. */
export function itemsIn(...texts: string[]): string[] {
  return [...new Set(texts.flatMap((text) => text.match(itemPattern) ?? []))];
}

/** The text without the checklist items that it cites in brackets. */
export function withoutItems(text: string): string {
  return text
    .replace(/\s*\(([^()]*)\)/g, (whole, inside: string) => {
      const rest = inside.replace(itemPattern, "").replace(/^[\s,]+|[\s,]+$/g, "");
      return rest === inside ? whole : rest === "" ? "" : ` (${rest})`;
    })
    .trim();
}

/**
 * The document with its generated blocks replaced. A block starts with a comment `generated: <name>`.
 * @throws when the document and the blocks do not name the same ones.
 */
export function withBlocks(document: string, blocks: Readonly<Record<string, string>>): string {
  const open = new Set(Object.keys(blocks));
  const filled = document.replace(
    /(<!-- generated: ([\w-]+)[^>]*-->\n)[^]*?(<!-- \/generated -->)/g,
    (_, start: string, name: string, end: string) => {
      if (!open.delete(name)) throw new Error(`Nothing generates the block "${name}", or it is there twice.`);
      return `${start}\n${blocks[name]}\n\n${end}`;
    },
  );
  if (open.size > 0) throw new Error(`The document has no place for ${[...open].join(", ")}.`);
  return filled;
}
