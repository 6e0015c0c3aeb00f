// Text for terminals: colour where it is wanted, tables that line up, lines that fit.
import { stripVTControlCharacters, styleText } from "node:util";

export type Colour = "green" | "red" | "yellow" | "dim" | "bold";

/** How to write for one reader. */
export interface Style {
  /** Characters a line may hold. */
  columns: number;
  readonly paint: (colour: Colour, text: string) => string;
}

/** For files and tests: no colour. */
export function plainStyle(columns = 100): Style {
  return { columns, paint: (_, text) => text };
}

/** For a stream: as wide as its terminal, coloured if it is one and NO_COLOR does not forbid it. */
export function styleOf(stream: NodeJS.WriteStream): Style {
  const columns = stream.isTTY && stream.columns > 0 ? stream.columns : plainStyle().columns;
  return { columns, paint: (colour, text) => styleText(colour, text, { stream }) };
}

/** Breaks text into lines of at most `width` characters. A longer word (a URN, a link) keeps a line of its own, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of stripVTControlCharacters(text).split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Wraps text behind a label: the label stands on the first line, the others are indented to match. */
export function hang(label: string, text: string, { columns }: Style): string[] {
  const lines = wrap(text, Math.max(columns - label.length, 20));
  return lines.map((line, index) => (index === 0 ? label : " ".repeat(label.length)) + line);
}

/** A cell: text, and the colour that it gets after it was aligned. */
export type Cell = string | { text: string; colour: Colour };

/** Lines up rows: the first column to the left and cut to fit, the others to the right. */
export function table(rows: readonly (readonly Cell[])[], style: Style): string[] {
  const textOf = (cell: Cell) => (typeof cell === "string" ? cell : cell.text);
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(...rows.map((row) => (row[i] ? textOf(row[i]).length : 0))),
  );
  const others = widths.slice(1).reduce((sum, width) => sum + width + 2, 0);
  const first = Math.max(Math.min(widths[0] ?? 0, style.columns - others), 8);
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const text = textOf(cell);
        const aligned = index === 0 ? cut(text, first).padEnd(first) : text.padStart(widths[index]!);
        return typeof cell === "string" ? aligned : style.paint(cell.colour, aligned);
      })
      .join("  ")
      .trimEnd(),
  );
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
