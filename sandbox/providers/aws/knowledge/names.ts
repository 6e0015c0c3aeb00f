// Forms of names that several types share.
import type { NameRule } from "./model.ts";

export const rule = (
  shortest: number,
  longest: number,
  pattern: RegExp,
  says: string,
  not: NameRule["not"] = [],
): NameRule => ({ length: [shortest, longest], pattern, says, not });

const iam = /^[\w+=,.@-]+$/;
const iamSays = "letters, digits and _+=,.@-";

export const iamName = (longest: number) => rule(1, longest, iam, iamSays);
export const words = (shortest: number, longest: number) =>
  rule(shortest, longest, /^[A-Za-z0-9_-]+$/, "letters, digits, hyphens and underscores");
export const dottedWords = (shortest: number, longest: number) =>
  rule(shortest, longest, /^[A-Za-z0-9._-]+$/, "letters, digits, dots, hyphens and underscores");

export const bucketName = rule(
  3,
  63,
  /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
  "lower-case letters, digits, dots and hyphens, with a letter or a digit at both ends",
  [
    { pattern: /\.\./, says: "two dots in a row" },
    { pattern: /^\d+\.\d+\.\d+\.\d+$/, says: "the form of an IP address" },
    { pattern: /^(xn--|sthree-|amzn-s3-demo-)/, says: "a prefix that AWS keeps for itself" },
    { pattern: /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/, says: "a suffix that AWS keeps for itself" },
  ],
);

export const objectKey = rule(1, 1024, /^[^]*$/, "characters");
export const keyPairName = rule(1, 255, /^[\x20-\x7e]+$/, "printable characters");

/** Databases, caches and the like. */
export const identifier = (longest: number) =>
  rule(1, longest, /^[A-Za-z][A-Za-z0-9-]*$/, "letters, digits and hyphens, with a letter at the start", [
    { pattern: /--/, says: "two hyphens in a row" },
    { pattern: /-$/, says: "a hyphen at the end" },
  ]);

/** Load balancers and target groups. */
export const balancerName = rule(1, 32, /^[A-Za-z0-9-]+$/, "letters, digits and hyphens", [
  { pattern: /^-|-$/, says: "a hyphen at an end" },
  { pattern: /^internal-/, says: "the prefix internal-" },
]);

export const securityGroupName = rule(
  1,
  255,
  /^[\w .:/()#,@[\]+=&;{}!$*-]+$/,
  "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
  [{ pattern: /^sg-/i, says: "the prefix sg-" }],
);

export const logGroupName = rule(1, 512, /^[.\-_/#A-Za-z0-9]+$/, "letters, digits and ._-/#");
export const secretName = rule(1, 512, /^[A-Za-z0-9/_+=.@-]+$/, "letters, digits and /_+=.@-");
export const topicName = rule(1, 256, /^[A-Za-z0-9_-]+(\.fifo)?$/, "letters, digits, hyphens and underscores");
export const queueName = rule(1, 80, /^[A-Za-z0-9_-]+(\.fifo)?$/, "letters, digits, hyphens and underscores");
export const repositoryName = rule(
  2,
  256,
  /^(?:[a-z0-9]+(?:[._-]+[a-z0-9]+)*\/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/,
  "lower-case letters and digits, with . _ - or / between them",
);
export const keyAlias = rule(7, 256, /^alias\/[A-Za-z0-9/_-]+$/, "alias/, then letters, digits and /_-", [
  { pattern: /^alias\/aws\//, says: "the prefix alias/aws/, which AWS keeps for itself" },
]);
