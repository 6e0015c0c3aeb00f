/** One figure. */
export interface Row {
  what: string;
  value: number;
  unit: "s" | "GiB" | "ratio" | "ms per resource" | "resources";
  /** At most this much; absent where the figure is only told. */
  target?: number;
}

/** The figures as an aligned table; a missed target says by how much. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ what, value, unit, target }) => {
    const figure = `${value.toFixed(unit === "resources" ? 0 : unit === "ms per resource" ? 1 : 2)} ${unit}`;
    const verdict =
      target === undefined
        ? ""
        : value <= target
          ? `<= ${target}: met`
          : `<= ${target}: missed by ${percent(value / target - 1)}`;
    return [what, figure, verdict];
  });
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map(([what, figure, verdict]) =>
      `${what!.padEnd(widths[0]!)}  ${figure!.padStart(widths[1]!)}  ${verdict}`.trimEnd(),
    )
    .join("\n");
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
