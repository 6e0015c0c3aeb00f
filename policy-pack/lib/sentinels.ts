// Values that a rule must not read as ordinary data: not known yet, or secret. Pulumi sends both in disguise.

/** A value that is computed only when the update runs. */
export class Unknown {
  /** The path says more than the value could. */
  toString(): string {
    return "[unknown]";
  }
}

/** A secret. Its plain value is not kept, so no message can leak it. */
export class Secret {
  toString(): string {
    return "[secret]";
  }
}

export const unknown = new Unknown();
export const secret = new Secret();

/** What the engine sends for an unknown boolean, number, string, list, asset, archive and object. */
const unknownMarks = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The property bag as plain JSON with sentinels in the place of what Pulumi disguised, changed in place. */
export function reveal(bag: Record<string, unknown>): Record<string, unknown> {
  for (const [key, value] of Object.entries(bag)) bag[key] = revealed(value);
  return bag;
}

function revealed(value: unknown): unknown {
  if (typeof value === "string") return unknownMarks.has(value) ? unknown : value;
  if (Array.isArray(value)) {
    value.forEach((item, index) => (value[index] = revealed(item)));
    return value;
  }
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[signatureKey] === secretSignature) return secret;
  return reveal(value as Record<string, unknown>);
}
