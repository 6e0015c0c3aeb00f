// Headers of responses, and what their values have to say.
import { thresholds } from "../../checklist/thresholds.ts";

const { minHstsSeconds } = thresholds.edge;

/** What to change about the value of Strict-Transport-Security; nothing where it is strict (CV-TLS-04). */
export function strictTransport(value: string): string | undefined {
  const directives = value.split(";").map((each) => each.trim().toLowerCase());
  const age = Number(
    directives.map((each) => /^max-age="?(\d+)"?$/.exec(each)?.[1]).find((each) => each !== undefined),
  );
  if (!(age >= minHstsSeconds)) return `set max-age to at least ${minHstsSeconds}`;
  return directives.includes("includesubdomains") ? undefined : "add includeSubDomains";
}

/** What to change about the value of a security header; nothing where it protects (CV-APPSEC-07). */
export function headerFault(name: string, value: string): string | undefined {
  const text = value.trim().toLowerCase();
  switch (name.toLowerCase()) {
    case "strict-transport-security":
      return strictTransport(value);
    case "x-content-type-options":
      return text === "nosniff" ? undefined : "set it to nosniff";
    case "x-frame-options":
      return ["deny", "sameorigin"].includes(text) ? undefined : "set it to DENY or SAMEORIGIN";
    case "referrer-policy":
      return text === "" || text.includes("unsafe-url") ? "set it to no-referrer" : undefined;
    default:
      return text === "" ? "give it a value" : undefined;
  }
}
