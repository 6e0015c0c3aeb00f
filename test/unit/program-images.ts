// Every image that runs in a namespace of a capability, whoever starts it, and whether the cluster would let it in.
import assert from "node:assert/strict";

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
}
type Inputs = Record<string, unknown>;

/** Images that are declared in namespaces of capabilities, or that operators start there, as their charts are told. */
export function imagesOf(resources: readonly Declared[]): string[] {
  const metadataOf = ({ inputs }: Declared) =>
    ((inputs as Inputs)["metadata"] ?? {}) as { name?: string; namespace?: string; labels?: Record<string, string> };
  const homes = resources
    .filter((each) => each.type.endsWith(":Namespace") && metadataOf(each).labels?.["apg.io/capability"] !== undefined)
    .map((each) => metadataOf(each).name!);
  const declared = resources.filter((each) => homes.includes(metadataOf(each).namespace ?? ""));
  return [...new Set([...declared.flatMap(({ inputs }) => imagesIn(inputs)), ...startedBy(resources)])].sort();
}

/** Whatever is called an image, in texts that are JSON too, as a drill's description of its database is. */
function imagesIn(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith("{") && value.includes("mage") ? imagesIn(parsed(value)) : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, each]) =>
    typeof each === "string" && ["image", "imageName"].includes(key) ? [each] : imagesIn(each),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What CloudNativePG, its plugin and Envoy Gateway put into pods of theirs. */
function startedBy(resources: readonly Declared[]): string[] {
  const values = (release: string) => {
    const found = resources.find(({ type, name }) => type.endsWith(":Chart") && name === `operators-${release}`);
    assert.ok(found, release);
    return (found.inputs as { values: Record<string, Inputs> }).values;
  };
  const { repository, tag } = values("cloudnative-pg")["image"]!;
  const sidecar = values("plugin-barman-cloud")["sidecarImage"]!;
  const { envoyGateway } = values("envoy-gateway")["config"] as {
    envoyGateway: { provider: { kubernetes: { shutdownManager: { image: string } } } };
  };
  return [
    `${String(repository)}:${String(tag)}`,
    `${String(sidecar["registry"])}/${String(sidecar["repository"])}:${String(sidecar["tag"])}`,
    envoyGateway.provider.kubernetes.shutdownManager.image,
  ];
}

/** Why the cluster would refuse an image: messages of its admission policy's conditions that do not hold. */
export function refusalsOf(image: string, policy: Inputs): string[] {
  const { validations } = policy["spec"] as { validations: { expression: string; message: string }[] };
  assert.ok(validations.length > 0);
  return validations.filter(({ expression }) => !holds(expression, image)).map(({ message }) => message);
}

/** The two sorts of conditions that the policy has, read from their CEL. */
function holds(expression: string, image: string): boolean {
  const prefixes = /\((c, )(\[.*\])\.exists\(r, c\.image\.startsWith\(r\)\)\)$/.exec(expression)?.[2];
  if (prefixes !== undefined) return (JSON.parse(prefixes) as string[]).some((prefix) => image.startsWith(prefix));
  const pattern = /\(c, c\.image\.matches\(r?"(.*)"\)\)$/.exec(expression)?.[1];
  assert.ok(pattern !== undefined, expression);
  return new RegExp(pattern).test(image);
}
