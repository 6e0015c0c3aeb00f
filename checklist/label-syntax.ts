// What Kubernetes takes for the keys and the values of labels, and in the same way of taints.

export interface Syntax {
  readonly holds: (text: string) => boolean;
  /** What is accepted, in the words of a message. */
  readonly accepted: string;
}

const name = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const domain = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const nameInWords = "at most 63 letters, digits, hyphens, underscores and dots, a letter or digit at both ends";

const keyOf = (what: string): Syntax => ({
  holds: (key) => {
    const parts = key.split("/");
    const prefix = parts.length === 2 ? parts[0] : undefined;
    return (
      parts.length <= 2 &&
      name.test(parts.at(-1)!) &&
      (prefix === undefined || (prefix.length <= 253 && domain.test(prefix)))
    );
  },
  accepted: `a ${what}'s key is accepted: ${nameInWords}, and in front of it perhaps a domain and a slash`,
});

const valueOf = (what: string): Syntax => ({
  holds: (value) => value === "" || name.test(value),
  accepted: `a ${what}'s value, as text, is accepted: nothing, or ${nameInWords}`,
});

export const labelKey = keyOf("label");
export const labelValue = valueOf("label");
export const taintKey = keyOf("taint");
export const taintValue = valueOf("taint");
