// Whether the capabilities answer: asked from where they are called in earnest, a pod of the gateway, so that names, services,
// network policies and containers all have to work. The pod stays, for trying things by hand.
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { parse } from "yaml";
import { UserError } from "./errors.ts";
import { storageHelperImage } from "./addons/storage.ts";
import { sandboxEnvironment, workspacePaths, type SandboxPlace } from "./workspace.ts";

/** Where a capability is reached inside the cluster, as the stack exports it. */
export interface Endpoint {
  host: string;
  port: number;
}

interface Gateway {
  namespace: string;
  podLabels: Record<string, string>;
}

/** Databases that start cold take their time. */
const deadlineMs = 180_000;
export const gatewayPod = "gateway";

/**
 * Asks every capability of the stack for an answer, through its Service; those with data services to keep an item in every
 * store as well, and to give it back from each.
 * @returns what was asked, and the first words of the answer
 * @throws UserError when one does not answer within three minutes
 */
export async function capabilitiesAnswer(place: SandboxPlace, endpoints: readonly Endpoint[]): Promise<string[]> {
  const { gateway, keeps } = await configurationOf(place);
  if (!gateway || endpoints.length === 0) return [];
  const kubectl = (args: string[], input?: string) =>
    execa("kubectl", args, { env: sandboxEnvironment(place.dir), extendEnv: false, reject: false, input: input ?? "" });
  const applied = await kubectl(["apply", "--server-side", "--filename=-"], JSON.stringify(manifest(gateway)));
  if (applied.exitCode !== 0) throw new UserError(`The gateway's pod is refused: ${applied.stderr}`, "See above.");
  const inGateway = ["--namespace", gateway.namespace];
  await kubectl([...inGateway, "wait", `pod/${gatewayPod}`, "--for=condition=Ready", "--timeout=60s"]);

  const answers: string[] = [];
  const deadline = Date.now() + deadlineMs;
  /** Asks until there is an answer. */
  const ask = async (url: string, ...options: string[]): Promise<string> => {
    const wget = ["exec", gatewayPod, "--", "timeout", "10", "wget", "-q", "-O", "-", ...options, url];
    for (;;) {
      const { exitCode, stdout, stderr } = await kubectl([...inGateway, ...wget]);
      if (exitCode === 0) return stdout.trim();
      if (Date.now() > deadline) {
        const namespace = new URL(url).hostname.split(".")[1] ?? "default";
        throw new UserError(
          `${url} does not answer the gateway: ${stderr.trim().split("\n").at(-1)}`,
          `Look at its pods: kubectl -n ${namespace} describe pods`,
        );
      }
      await sleep(500);
    }
  };
  for (const { host, port } of endpoints) {
    const url = `http://${host}:${port}/`;
    answers.push(`${url} answers ${await ask(url)}`);
    if (keeps) answers.push(`${url}v1/items keeps an item in ${(await keptIn(`${url}v1/items`, ask)).join(", ")}`);
  }
  return answers;
}

/** The stores that an item was kept in, and came back from. */
async function keptIn(items: string, ask: (url: string, ...options: string[]) => Promise<string>): Promise<string[]> {
  const content = "kept by the sandbox";
  const put = JSON.parse(await ask(items, "--post-data", JSON.stringify({ content }))) as {
    id: string;
    stored: string[];
  };
  for (const store of put.stored) {
    const got = JSON.parse(await ask(`${items}/${put.id}?from=${store}`)) as { content: string };
    if (got.content !== content)
      throw new UserError(`${items}/${put.id} comes back from ${store} as another.`, "See its logs.");
  }
  return put.stored;
}

/** Who may call the capabilities, and whether they have data services, as the stack's configuration has it. */
async function configurationOf({ dir, stack }: SandboxPlace): Promise<{ gateway?: Gateway; keeps: boolean }> {
  const text = await readFile(workspacePaths(dir).stackFile(stack), "utf8");
  type Config = { "apg:services"?: Record<string, Partial<Gateway>>; "apg:data"?: object };
  const { config = {} } = parse(text) as { config?: Config };
  const { namespace, podLabels } = config["apg:services"]?.["gateway"] ?? {};
  const keeps = config["apg:data"] !== undefined;
  return { ...(namespace && podLabels && { gateway: { namespace, podLabels } }), keeps };
}

function manifest({ namespace, podLabels }: Gateway) {
  const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: gatewayPod, namespace, labels: podLabels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "shell",
          image: storageHelperImage,
          // A shell, so that somebody waits for what ends here.
          command: ["/bin/sh", "-c", "while :; do sleep 60; done"],
          resources: { requests: { cpu: "10m", memory: "8Mi" }, limits: { memory: "32Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: restricted } }, pod],
  };
}
