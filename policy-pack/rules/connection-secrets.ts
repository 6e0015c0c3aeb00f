// What addresses of databases and caches say: they come from Secrets, and name what is safe to connect to.
import { notConcerned, stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { podOf, runningKinds } from "../lib/pod.ts";
import type { Container, Pod } from "../lib/pod.ts";
import type { Rule, Settings } from "../lib/rule.ts";
import { fillersOf, variablesNamed } from "../lib/secret-references.ts";

const acceptDeclared = {
  acceptDeclared: {
    type: "boolean",
    default: false,
    description: "Accept addresses in Secrets that no ExternalSecret fills, as where there is no cloud store.",
  } as const,
};

/** A text that an ExternalSecret makes of the values of the store. */
interface Address {
  readonly external: KubernetesObject;
  readonly key: string;
  readonly text: string;
}

/** Judges every address in variables of these names. */
function addressRule(
  heading: Pick<Rule, "name" | "decides" | "description" | "fix">,
  variables: readonly string[],
  judge: (address: Address, pod: Pod, stack: PlannedStack) => string | undefined,
): Rule {
  return stackRule({
    ...heading,
    severity: "high",
    settings: acceptDeclared,
    // Migrations speak to the primary itself, and end.
    subjects: (stack) => stack.ofKind(...runningKinds),
    check: (workload, stack, complain, settings) => {
      const pod = podOf(workload);
      if (pod === undefined) return notConcerned;
      const judged = pod.allContainers.map((container) =>
        judgeContainer({ container, pod, stack, complain, settings }, variables, judge),
      );
      return judged.includes(true) ? undefined : notConcerned;
    },
  });
}

interface Question {
  readonly container: Container;
  readonly pod: Pod;
  readonly stack: PlannedStack;
  readonly complain: Complain;
  readonly settings: Settings;
}

/** Whether there was anything to judge. */
function judgeContainer(
  { container, pod, stack, complain, settings }: Question,
  variables: readonly string[],
  judge: (address: Address, pod: Pod, stack: PlannedStack) => string | undefined,
): boolean {
  let any = false;
  for (const { name, secret, key } of variablesNamed(container.value, variables)) {
    const says = (problem: string) => complain(`${container.title} has ${name} ${problem}.`);
    if (secret === undefined) {
      any = true;
      says("from elsewhere than a Secret: use valueFrom.secretKeyRef");
      continue;
    }
    const [external] = fillersOf(stack, pod.owner.namespace, secret);
    if (external === undefined && settings.acceptDeclared === true) continue;
    any = true;
    if (external === undefined) {
      says(`from the Secret ${secret}, which no ExternalSecret fills: declare one whose template says the address`);
      continue;
    }
    const template = external.spec.at("target.template.data").get(key);
    const text = template.string();
    const problem =
      text === undefined
        ? `from ${external.title}, whose template does not say ${key}: write the address in spec.target.template.data`
        : judge({ external, key, text }, pod, stack);
    if (problem !== undefined) says(problem);
  }
  return any;
}

const parts = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?(?<hosts>[^/?]+)[^?]*(?:\?(?<query>.*))?$/;

function partsOf(text: string): { hosts: string[]; query: URLSearchParams } {
  const { hosts = "", query = "" } = parts.exec(text.trim())?.groups ?? {};
  return { hosts: hosts.split(",").map((host) => host.replace(/:\d+$/, "")), query: new URLSearchParams(query) };
}

export const databaseAddressesAreSafe: Rule = addressRule(
  {
    name: "database-addresses-name-the-pooler",
    decides: ["CV-ENV-01"],
    description: "The addresses of databases come from the cloud store, name a pooler and ask for verified TLS.",
    fix: "Write them in the ExternalSecret's template, with the pooler's Service and sslmode=verify-full.",
  },
  ["DATABASE_URL", "DATABASE_READ_URL"],
  ({ external, key, text }, { owner }, stack) => {
    const { hosts, query } = partsOf(text);
    const from = `from ${external.title}, whose ${key}`;
    if (query.get("sslmode") !== "verify-full") return `${from} does not verify the server: add sslmode=verify-full`;
    const poolers = stack.inNamespace(owner.namespace, "Pooler").map(({ name }) => name);
    const other = hosts.find((host) => !poolers.includes(firstLabel(host)));
    // A pooler of another stack can be known by its name alone.
    if (other === undefined || (poolers.length === 0 && /pool|proxy/.test(other))) return undefined;
    return `${from} names ${other}, which is no pooler: name the Service of one`;
  },
);

function firstLabel(host: string): string {
  return host.split(".")[0] ?? "";
}

export const cacheAddressesAreSafe: Rule = addressRule(
  {
    name: "cache-addresses-use-tls",
    decides: ["CV-ENV-02"],
    description: "The addresses of caches come from the cloud store, ask for TLS and name the Sentinels' group.",
    fix: "Write them in the ExternalSecret's template: rediss+sentinel:// with the Sentinels and master=<group>, or rediss://.",
  },
  ["REDIS_URL"],
  ({ external, key, text }) => {
    const { query } = partsOf(text);
    const from = `from ${external.title}, whose ${key}`;
    const scheme = text.slice(0, text.indexOf(":"));
    const secure = /^rediss(\+|$)/.test(scheme) || query.get("tls") === "true" || query.get("ssl") === "true";
    if (!secure) return `${from} asks for no TLS: use the scheme rediss`;
    const named =
      !scheme.includes("sentinel") || ["master", "master_name", "service_name"].some((name) => query.has(name));
    return named ? undefined : `${from} does not name the Sentinels' group: add master=<group>`;
  },
);
