// What gives a secret away: its name, or its look.

/** What a secret's name ends with, in words. */
const lastWords = new Set(
  ["credential", "credentials", "dsn", "pass", "passphrase", "passwd", "password", "pwd", "secret", "token"].concat([
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
  ]),
);
/** A key of one of these is a secret; others, like a cache's, are not. */
const keyOf = new Set(["access", "account", "api", "auth", "encryption", "private", "secret", "signing"]);
/** Names whose values hold credentials whatever they look like (CV-ENV-01, CV-ENV-02, CV-ENV-03). */
const alwaysSecret = new Set(["AWS_ACCESS_KEY_ID", "CONNECTION_STRING", "DATABASE_URL", "REDIS_URL"]);

const patterns: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----/],
  ["an AWS access key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["a JSON web token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/],
  ["a URL with credentials", /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]*:(?!\$[({])[^\s/@]+@/i],
  ["a GitHub token", /\b(?:gh[pousr]_\w{36,}|github_pat_\w{22,})/],
  ["a Slack token", /\bxox[abeprs]-[\w-]{10,}/],
  ["a Google API key", /\bAIza[\w-]{35}/],
  ["a Stripe key", /\b[rs]k_live_\w{16,}/],
  ["an AI provider's key", /\bsk-(?:[a-z]+-)*[\w-]{32,}/],
];

function soundsSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const [beforeLast, last] = [words.at(-2) ?? "", words.at(-1) ?? ""];
  return lastWords.has(last) || (last === "key" && keyOf.has(beforeLast)) || alwaysSecret.has(name.toUpperCase());
}

/** What kind of secret a text is or sounds like; undefined for harmless ones. */
export function secretIn(name: string, text: string): string | undefined {
  const found = patterns.find(([, pattern]) => pattern.test(text))?.[0];
  if (found !== undefined) return found;
  const harmless = text === "" || /^(true|false)$/i.test(text) || /^\$\([\w.-]+\)$/.test(text);
  return !harmless && soundsSecret(name) ? "what its name calls a secret" : undefined;
}
