// What is wrong with a stack's configuration, in the words of whoever wrote it: key, value given, what is accepted, item.

/** Where in the configuration: config key, then keys and list indexes. */
export type Path = readonly (string | number)[];

/** One thing to correct. */
export interface Problem {
  readonly path: Path;
  /** What is accepted instead of the value at the path, with the checklist items: "at most 10 are allowed (AUD-PROD-02)". */
  readonly accepted: string;
  /** What was given, where the value itself does not say it. @default the value at the path */
  readonly given?: string;
}

/** Everything that is wrong with a configuration, sorted by path. */
export class ConfigError extends Error {
  /** One sentence a problem: `apg:capabilities[1].replicas.max: 15 given; at most 10 are allowed (AUD-PROD-02).` */
  readonly problems: readonly string[];

  /** The values of `secretKeys` never get into a message. */
  constructor(problems: readonly Problem[], raw: unknown, secretKeys: readonly string[] = []) {
    const given = ({ path }: Problem) => {
      const value = valueAt(raw, path);
      if (value === undefined) return "missing";
      return `${secretKeys.includes(String(path[0])) ? "a secret" : show(value)} given`;
    };
    const sentences = [...problems]
      .sort((a, b) => comparePaths(a.path, b.path))
      // One value has one problem, the first that was found: a list in the place of a text is not also a bad name.
      .filter(({ path }, index, all) => index === 0 || comparePaths(path, all[index - 1]!.path) !== 0)
      .map((problem) => `${formatPath(problem.path)}: ${problem.given ?? given(problem)}; ${problem.accepted}.`);
    super(sentences.join("\n"));
    this.name = "ConfigError";
    this.problems = sentences;
  }
}

/** `apg:capabilities[1].replicas.max`, the notation of `pulumi config set --path`. */
export function formatPath([key, ...rest]: Path): string {
  if (key === undefined) return "apg";
  const step = (part: string | number) =>
    typeof part === "number" ? `[${part}]` : /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  return [String(key).includes(":") ? key : `apg:${key}`, ...rest.map(step)].join("");
}

/** The problem of a key that nothing reads, with what was probably meant. */
export function unknownKey(path: Path, known: readonly string[]): Problem {
  const parent = path.slice(0, -1);
  const word = String(path.at(-1)).split(":").at(-1)!;
  const shown = (key: string) => (parent.length === 0 ? formatPath([key]) : key);
  const nearest = nearestOf(word, known);
  return {
    path,
    given: "unknown key",
    accepted:
      nearest === undefined
        ? `${known.map(shown).join(", ")} are known here (AUD-EXEC-03)`
        : `the nearest known key is ${JSON.stringify(shown(nearest))} (AUD-EXEC-03)`,
  };
}

/** The candidate that a slip of the keyboard most likely meant, if one is near enough. */
export function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  const reach = Math.max(1, Math.floor(word.length / 3));
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

/** Number of single-character insertions, deletions and replacements between two words (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Indexes of the values that occur before in the list. */
export function duplicates(values: readonly unknown[]): number[] {
  return [...values.keys()].filter((index) => values[index] !== undefined && values.indexOf(values[index]) < index);
}

/** The value at a path of plain data; undefined where the path leads nowhere. */
function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (isContainer(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    data,
  );
}

/** A copy of plain data without the values at these paths; lists keep their indexes. */
export function without(data: unknown, paths: readonly Path[]): unknown {
  const copy = structuredClone(data);
  for (const path of paths) {
    const parent = valueAt(copy, path.slice(0, -1));
    const last = path.at(-1);
    if (isContainer(parent) && last !== undefined && Object.hasOwn(parent, last)) parent[last] = undefined;
  }
  return copy;
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return value !== null && typeof value === "object";
}

/** Puts a value into a sentence: lists and objects by their kind, long texts cut. */
function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isContainer(value)) return "an object";
  return typeof value === "string" && value.length > 120
    ? `${JSON.stringify(value.slice(0, 120))}...`
    : JSON.stringify(value);
}

function comparePaths(a: Path, b: Path): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    return typeof part === "number" && typeof other === "number" ? part - other : String(part) < String(other) ? -1 : 1;
  }
  return a.length - b.length;
}
