// Which ids and ARNs the stand-in has given out and not taken back. AWS refuses a reference to what is not there; here only
// a reference can be refused that nobody else can have made: one with random digits of the stand-in's own.
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { step, type Refusal } from "../provider.ts";
import { isUnknown, type Value, type Values } from "../values.ts";

/** AWS's own example account, which nobody has. */
export const exampleAccount = "123456789012";

/** Hexadecimal digits of which the last five follow from the others: real ids follow no such rule but one in a million. */
export function ownDigits(count: number): string {
  const digits = randomBytes(count)
    .toString("hex")
    .slice(0, count - 5);
  return digits + checkDigits(digits);
}

const checkDigits = (digits: string) => createHash("sha256").update(`stand-in ${digits}`).digest("hex").slice(0, 5);

/** `vpc-0123456789abcdef0` and its like. */
const ownId = (text: string) => {
  const digits = /^[a-z]+-([0-9a-f]{17})$/.exec(text)?.[1];
  return digits !== undefined && checkDigits(digits.slice(0, -5)) === digits.slice(-5);
};

/** An ARN of a key, a certificate and what else AWS names by a UUID; other ARNs can be written before there is such a thing. */
const ownArn = (text: string) =>
  text.startsWith("arn:") &&
  text.split(":")[4] === exampleAccount &&
  /[/:][0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

const isOwn = (text: string) => ownId(text) || ownArn(text);

export class Ledger {
  readonly #file: string;
  #present: Set<string> | undefined;

  /** @param home Pulumi's home: what is in its states is what there is */
  constructor(home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi")) {
    this.#file = join(home, "stand-ins", "aws");
  }

  /** Takes down what a resource and what comes with it are known by, as a VPC comes with a security group. */
  enter(id: string, outputs: Values): void {
    this.#write("+", new Set([id, ...textsOf("", outputs).map(([, text]) => text)]));
  }

  /** @param inputs What the resource was given, which stays when it goes */
  strike(id: string, { arn }: Values, inputs: Values): void {
    const given = textsOf("", inputs).map(([, text]) => text);
    this.#write("-", new Set([id, ...(typeof arn === "string" ? [arn] : [])].filter((text) => !given.includes(text))));
  }

  /** References, anywhere in the inputs, to what has been given out and is not there. */
  dangling(inputs: Values): Refusal[] {
    return textsOf("", inputs)
      .filter(([, text]) => isOwn(text) && !this.#read().has(text))
      .map(([property, text]) => ({
        property,
        reason: `${text} does not exist: nothing that has been made has this id`,
      }));
  }

  #write(sign: "+" | "-", texts: ReadonlySet<string>): void {
    const present = this.#read();
    const news = [...texts].filter((text) => isOwn(text) && present.has(text) === (sign === "-"));
    if (news.length === 0) return;
    mkdirSync(dirname(this.#file), { recursive: true });
    // Short appends do not mix: several stacks may be updated at once.
    appendFileSync(this.#file, news.map((text) => `${sign}${text}\n`).join(""));
    for (const text of news) {
      if (sign === "+") present.add(text);
      else present.delete(text);
    }
  }

  #read(): Set<string> {
    if (this.#present) return this.#present;
    const present = new Set<string>();
    for (const line of existsSync(this.#file) ? readFileSync(this.#file, "utf8").split("\n") : []) {
      if (line.startsWith("+")) present.add(line.slice(1));
      else present.delete(line.slice(1));
    }
    return (this.#present = present);
  }
}

function textsOf(path: string, value: Value): [path: string, text: string][] {
  if (typeof value === "string") return isUnknown(value) ? [] : [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf(`${path}[${index}]`, item));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => textsOf(step(path, key), item));
}
