// The sandbox that the live tests share, and what they say to it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { clusterStatus } from "../../sandbox/cluster.ts";
import { projectRoot, sandboxEnvironment } from "../../sandbox/workspace.ts";

export const place = { dir: join(projectRoot, ".sandbox-test-live"), stack: "test-live" };
export const workers = ["worker-1", "worker-2", "worker-3"];
export const capabilities = ["audio-processing", "computer-vision"] as const;
export type CapabilityName = (typeof capabilities)[number];
export const namespaceOf = (capability: CapabilityName) => `apg-${capability}-sandbox`;
export const serviceOf = (capability: CapabilityName) => `http://${capability}-api.${namespaceOf(capability)}.svc:8080`;
export const audio = namespaceOf("audio-processing");
export const service = serviceOf("audio-processing");

const options = {
  cwd: projectRoot,
  env: { ...process.env, APG_SANDBOX_DIR: place.dir, APG_SANDBOX_STACK: place.stack, NO_COLOR: "1" },
  reject: false,
  all: true,
  stdin: "ignore",
} as const;

/** All that the sandbox's commands have printed. */
export const printed: string[] = [];

/** Runs one of the sandbox's commands, as `npm run` does. */
export function sandbox(...args: string[]) {
  const child = execa(process.execPath, ["sandbox/cli.ts", ...args], options);
  void child.then(({ all }) => printed.push(all));
  return child;
}

const inSandbox = () => ({ env: sandboxEnvironment(place.dir), extendEnv: false, reject: false }) as const;

/** Starts kubectl, with a standard input that stays open. */
export const startKubectl = (args: string[]) => execa("kubectl", args, { ...inSandbox(), stdin: "pipe" });

/** Runs kubectl; never throws for a non-zero exit code. */
export const kubectl = (args: string[], input: object | string = "") =>
  execa("kubectl", args, {
    ...inSandbox(),
    all: true,
    input: typeof input === "string" ? input : JSON.stringify(input),
    maxBuffer: 200_000_000,
  });

/** What kubectl prints; throws for a non-zero exit code. */
export async function done(args: string[], input?: object | string): Promise<string> {
  const { exitCode, stdout, all } = await kubectl(args, input);
  assert.equal(exitCode, 0, all);
  return stdout;
}

export const json = async <T>(...args: string[]) => JSON.parse(await done([...args, "--output=json"])) as T;
export const apply = (object: object) => done(["apply", "--server-side", "--filename=-"], object);

/** Asks until it holds; what cannot be asked does not hold. */
export async function eventually(what: string, seconds: number, holds: () => boolean | Promise<boolean>) {
  const deadline = Date.now() + seconds * 1000;
  const asked = async () => holds();
  while (!(await asked().catch(() => false))) {
    assert.ok(Date.now() < deadline, `${what}, within ${seconds} s`);
    await sleep(500);
  }
}

export async function allReady(): Promise<boolean> {
  const { nodes } = await clusterStatus(place);
  return nodes.length === 3 && nodes.every(({ ready }) => ready);
}

/** What the tests' own pods are: they may run anywhere, and answer with their node's name. */
export const shell = (name: string, more: object = {}) => ({
  name,
  image: "busybox:1.35",
  imagePullPolicy: "IfNotPresent",
  command: ["sh", "-c", "mkdir -p /tmp/www && echo $NODE > /tmp/www/index.html && httpd -f -p 8000 -h /tmp/www"],
  env: [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
  ...more,
});
