// Texts with places for values, in the syntax that External Secrets knows. Where there is no store the program fills them in
// itself, so that a Secret is described once, and is the same either way.
import { createHash } from "node:crypto";

const place = /\{\{ \.([A-Za-z][A-Za-z0-9]*)( \| sha256sum)? \}\}/g;

/** Key of a Secret that changes with its values and tells nobody what they are; whoever uses them is replaced by it (CV-SECRET-02). */
export const versionKey = "version";

/** The place of a value in a text. */
export function valueOf(name: string): string {
  return `{{ .${name} }}`;
}

/** The place of a value's hash in a text. */
export function hashOf(name: string): string {
  return `{{ .${name} | sha256sum }}`;
}

/** Whether there is anything to fill in. */
export function hasPlaces(template: string): boolean {
  return template.search(place) >= 0;
}

/** The text with the values in their places. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(place, (_, name: string, hashed?: string) => {
    if (!Object.hasOwn(values, name))
      throw new Error(`The text has a place for ${name}, which is no value of the secret.`);
    const value = String(values[name]);
    return hashed === undefined ? value : createHash("sha256").update(value).digest("hex");
  });
}
