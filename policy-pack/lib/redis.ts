// Redis (or Valkey) servers and Sentinels as a plan has them: pods that run one, and the configuration that they start with.
import type { KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { podOf, runningKinds } from "./pod.ts";
import type { Container, Pod } from "./pod.ts";
import { programOf } from "./postgres.ts";
import type { Value } from "./value.ts";
import { cachePrograms } from "../limits.ts";

const componentLabel = "app.kubernetes.io/component";
const components = ["redis", "sentinel"];

/** Workloads whose pods are data servers or Sentinels; what only calls one, such as a backup's Job, is none. */
export function redisWorkloads(stack: PlannedStack): KubernetesObject[] {
  return stack.ofKind(...runningKinds).filter((workload) => {
    const pod = podOf(workload);
    return pod !== undefined && serverOf(pod) !== undefined;
  });
}

/** The container that runs the server: by its image, or in a pod that says that it is one, the first. */
export function serverOf(pod: Pod): Container | undefined {
  const found = pod.containers.find(
    ({ value }) =>
      cachePrograms.test(programOf(value.get("image").string() ?? "")) &&
      !/\b(redis|valkey)-cli\b(?!.*\b(redis|valkey)-(server|sentinel)\b)/.test(commandOf(value)),
  );
  const labelled = components.includes(pod.labels.get(componentLabel) ?? "");
  return found ?? (labelled ? pod.containers[0] : undefined);
}

/** Whether the pods hold data; the others are Sentinels. */
export function isDataServer(stack: PlannedStack, workload: KubernetesObject): boolean {
  const pod = podOf(workload);
  const server = pod === undefined ? undefined : serverOf(pod);
  if (pod === undefined || server === undefined) return false;
  const component = pod.labels.get(componentLabel) ?? "";
  if (components.includes(component)) return component === "redis";
  if (/sentinel/.test(`${programOf(server.value.get("image").string() ?? "")} ${commandOf(server.value)}`))
    return false;
  const texts = mountedFiles(stack, pod).texts;
  return texts.length === 0 || texts.some((text) => !isSentinels(text));
}

/** Everything by which a container is started, as one line. */
function commandOf(container: Value): string {
  return [...container.get("command").strings(), ...container.get("args").strings()].join(" ");
}

/** The .conf files of the ConfigMaps that a pod mounts, and the names of ConfigMaps that this stack does not plan. */
function mountedFiles(stack: PlannedStack, pod: Pod): { texts: string[]; unseen: string[] } {
  const unseen: string[] = [];
  const sources = pod.spec
    .get("volumes")
    .list()
    .flatMap((volume) => [
      volume.get("configMap"),
      ...volume
        .at("projected.sources")
        .list()
        .map((source) => source.get("configMap")),
    ])
    .filter((source) => source.exists);
  const texts = sources.flatMap((source) => {
    const name = source.get("name").string() ?? "";
    const configMap = stack.named("ConfigMap", pod.owner.namespace, name);
    if (configMap === undefined) unseen.push(name);
    const items = source.get("items").list();
    const chosen = items.map((item) => item.get("key").string());
    return (configMap?.value.get("data").entries() ?? [])
      .filter(([key]) => key.endsWith(".conf") && (items.length === 0 || chosen.includes(key)))
      .map(([, text]) => text.string() ?? "");
  });
  return { texts, unseen };
}

function isSentinels(text: string): boolean {
  return /^\s*sentinel\s+monitor\s/m.test(text);
}

/** What a server starts with: the directives of its files, and over them those of its command line. */
export class RedisConfiguration {
  readonly #directives: string[][];
  readonly #server: Container;
  readonly #pod: Pod;
  /** Where else a directive may be, in words; empty when everything is in sight. */
  readonly elsewhere: string;

  constructor(stack: PlannedStack, pod: Pod, server: Container, { sentinel }: { sentinel: boolean }) {
    const { texts, unseen } = mountedFiles(stack, pod);
    const lines = texts.filter((text) => isSentinels(text) === sentinel).flatMap((text) => text.split("\n"));
    this.#directives = [...lines.map(words), ...flags(commandOf(server.value))].filter(([name]) => name !== undefined);
    this.#server = server;
    this.#pod = pod;
    this.elsewhere = unseen.length === 0 ? "" : `, unless in ${unseen.join(", ")}, which this stack does not declare`;
  }

  /** Every occurrence of a directive, its words after the name. */
  all(name: string): string[][] {
    return this.#directives.filter(([found]) => found?.toLowerCase() === name).map(([, ...rest]) => rest);
  }

  /** The value that counts: the last. */
  get(name: string): string | undefined {
    return this.all(name).at(-1)?.join(" ");
  }

  /** Whether a directive names a file that comes from a Secret, or holds a variable that does. */
  fromSecret(name: string): boolean {
    return this.all(name).some((rest) => {
      const value = rest.at(-1) ?? "";
      return this.#isSecretFile(value) || this.#isSecretVariable(value);
    });
  }

  /** Whether the directive has a value that anybody can read here. */
  inPlainText(name: string): boolean {
    return this.all(name).some((rest) => (rest.at(-1) ?? "") !== "" && !this.#isSecretVariable(rest.at(-1) ?? ""));
  }

  #isSecretVariable(text: string): boolean {
    const variable = /^\$(?:\((\w+)\)|\{(\w+)\}|(\w+))$/.exec(text);
    const name = variable?.[1] ?? variable?.[2] ?? variable?.[3];
    return (
      name !== undefined &&
      this.#server.value
        .get("env")
        .list()
        .some((each) => each.get("name").string() === name && each.at("valueFrom.secretKeyRef").exists)
    );
  }

  #isSecretFile(path: string): boolean {
    const mount = this.#server.value
      .get("volumeMounts")
      .list()
      .map((each) => ({ path: each.get("mountPath").string() ?? "", volume: each.get("name").string() ?? "" }))
      .filter((each) => path.startsWith(`${each.path.replace(/\/$/, "")}/`) || path === each.path)
      .sort((a, b) => b.path.length - a.path.length)[0];
    const volume = this.#pod.spec
      .get("volumes")
      .list()
      .find((each) => each.get("name").string() === mount?.volume);
    if (volume === undefined) return false;
    return isSecretVolume(volume) || (volume.get("emptyDir").exists && this.#isFilledFromSecret(mount?.volume ?? ""));
  }

  /** Whether an init container that knows a Secret writes into the volume. */
  #isFilledFromSecret(volume: string): boolean {
    const secrets = this.#pod.spec
      .get("volumes")
      .list()
      .filter(isSecretVolume)
      .map((each) => each.get("name").string());
    return this.#pod.initContainers.some(({ value }) => {
      const mounts = value
        .get("volumeMounts")
        .list()
        .map((each) => each.get("name").string());
      const variables = value.get("env").list();
      const knows =
        variables.some((each) => each.at("valueFrom.secretKeyRef").exists) ||
        mounts.some((name) => secrets.includes(name));
      return mounts.includes(volume) && knows;
    });
  }
}

function isSecretVolume(volume: Value): boolean {
  const projected = volume.at("projected.sources").list();
  return (
    volume.get("secret").exists || volume.get("csi").exists || projected.some((source) => source.get("secret").exists)
  );
}

/** The words of a line, without quotes; none of an empty line or a comment. */
function words(line: string): string[] {
  const text = line.trim();
  return text === "" || text.startsWith("#")
    ? []
    : text.split(/\s+/).map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
}

/** The directives of a command line: "--port 0 --appendonly yes". */
function flags(command: string): string[][] {
  return command
    .split(/(?:^|\s)--(?=[a-z])/)
    .slice(1)
    .map(words);
}

const sizes: Readonly<Record<string, number>> = { k: 1e3, kb: 2 ** 10, m: 1e6, mb: 2 ** 20, g: 1e9, gb: 2 ** 30 };

/** Bytes of an amount as redis.conf has it, "4gb"; undefined when it is none. */
export function redisBytes(text: string): number | undefined {
  const match = /^(\d+)(k|kb|m|mb|g|gb|b)?$/i.exec(text);
  return match === null ? undefined : Number(match[1]) * (sizes[(match[2] ?? "").toLowerCase()] ?? 1);
}
