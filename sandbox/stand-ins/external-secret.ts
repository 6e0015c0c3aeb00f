// What External Secrets would do with an ExternalSecret, with made-up values in place of those of a store outside.
import { randomBytes } from "node:crypto";

export interface ExternalSecret {
  metadata: { name: string; namespace: string; generation?: number };
  spec: {
    target?: { name?: string; template?: { type?: string; data?: Record<string, string> } };
    data?: { secretKey: string; remoteRef: { key: string; property?: string } }[];
  };
}

/** Where a remote value is kept, as a key of a Secret. */
export const placeOf = ({ key, property }: { key: string; property?: string }): string =>
  Buffer.from(property === undefined ? key : `${key}#${property}`).toString("base64url");

export const madeUp = (): string => randomBytes(24).toString("base64url");

/**
 * The keys of the Secret that an ExternalSecret asks for.
 * @param remote The value of a place.
 * @throws Error for what the stand-in does not do: templates with more than names in them
 */
export function contentOf({ spec }: ExternalSecret, remote: (place: string) => string): Record<string, string> {
  const values = Object.fromEntries(
    (spec.data ?? []).map(({ secretKey, remoteRef }) => [secretKey, remote(placeOf(remoteRef))]),
  );
  const templates = spec.target?.template?.data;
  if (!templates) return values;
  return Object.fromEntries(Object.entries(templates).map(([key, template]) => [key, rendered(template, values)]));
}

function rendered(template: string, values: Record<string, string>): string {
  return template.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_, expression: string) => {
    const name = /^\.(\w+)$/.exec(expression)?.[1];
    const value = name === undefined ? undefined : values[name];
    if (value === undefined) throw new Error(`the stand-in renders names of spec.data alone, not {{ ${expression} }}`);
    return value;
  });
}
