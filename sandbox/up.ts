// `npm run sandbox`: tools, cluster, stack, report; each step is skipped when there is nothing to do.
import { execa } from "execa";
import { Listr, type ListrTaskWrapper } from "listr2";
import type { DefaultRenderer, SimpleRenderer } from "listr2";
import { readinessOf, renderSummary } from "../report/readiness.ts";
import { buildModule, checkBuildPossible, dropBuildCaches, gigabytes } from "./build-tools.ts";
import { startCluster } from "./cluster.ts";
import { deploy, ensureStack, exportState, clearUp } from "./stack.ts";
import { diskKept, diskWhileBuilding, sandboxPins } from "./tool-pins.ts";
import { findTools, toolCache, type ToolSearch } from "./tools.ts";
import { installKubernetesProvider } from "./vendor-plugins.ts";
import { hideSaltFromGit, prepareWorkspace, sandboxEnvironment, type SandboxPlace } from "./workspace.ts";

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/** Everything that a sandbox needs; on a machine with the vendor's Pulumi its own language host and provider take over. */
const needed = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok", "pulumi"];

/** Without a terminal, progress is a line now and then, not an animation. */
const secondsBetweenLines = 15;

/**
 * Finds the tools and builds what is missing, saying beforehand what that takes.
 *
 * @throws UserError when a build is needed and not possible, or fails.
 */
export async function obtainTools(dir: string, say: (line: string) => void): Promise<ToolSearch["found"]> {
  let search = await findTools(needed);
  if (search.found.get("pulumi")?.origin === "PATH") {
    if (!(await installKubernetesProvider(dir))) search = await findTools([...needed, "pulumi-resource-kubernetes"]);
  } else {
    search = await findTools([...needed, "pulumi-language-nodejs", "pulumi-resource-kubernetes"]);
  }
  if (search.missing.length === 0) return search.found;

  await checkBuildPossible(search.missing);
  const minutes = search.missing.reduce((sum, module) => sum + sandboxPins.modules[module]!.minutes, 0);
  say(
    `Building ${search.missing.join(", ")} from pinned Go modules, once: about ${minutes} minutes on two cores, up to ` +
      `${gigabytes(diskWhileBuilding)} of disk meanwhile, ${gigabytes(diskKept)} kept in ${toolCache()}.`,
  );
  await steps(
    search.missing.map((module) => ({
      title: `${module} ${sandboxPins.modules[module]!.version} (about ${sandboxPins.modules[module]!.minutes} min)`,
      task: async (_: unknown, task: Task) => buildModule(module, output(task)),
    })),
  ).run();
  await dropBuildCaches();
  return obtainTools(dir, say);
}

/** Brings the whole sandbox up and ends with the stack's outputs, the readiness summary and what to try next. */
export async function up(place: SandboxPlace, workers: number | undefined, say = console.log): Promise<void> {
  const started = Date.now();
  const found = await obtainTools(place.dir, say);
  let cluster = "";
  await steps([
    {
      title: "Cluster",
      task: async (_: unknown, task: Task) => {
        await startCluster({ dir: place.dir, workers, tools: (name) => found.get(name)!.path, progress: output(task) });
        await prepareWorkspace(place.dir, found);
        cluster = await clusterIdentity(place);
      },
    },
    {
      title: `Stack ${place.stack}`,
      task: async (_: unknown, task: Task) => {
        await ensureStack(place);
        if (await clearUp(place)) output(task)("Cleared up after an update that was killed.");
      },
    },
  ]).run();

  try {
    await deploy(place, cluster, process.stdout.isTTY);
  } finally {
    await hideSaltFromGit();
  }
  const state = await exportState(place);
  say(`\n${outputsOf(state)}`);
  say(`\n${renderSummary(readinessOf([state], { stackNames: [place.stack] }))}`);
  say(
    `\nReady in ${Math.round((Date.now() - started) / 1000)} s. Worker nodes and pods are simulated: no container runs. Next:\n`,
  );
  say(`  eval "$(npm run -s sandbox:env)"                    pulumi and kubectl, set up for the sandbox in this shell`);
  say(`  kubectl get all,hpa,pdb,netpol,quota -A             what was deployed`);
  say(`  ${`npm run readiness -- ${place.stack} --all`.padEnd(50)}  every checklist item, with what proves it`);
}

/** Which cluster this is: a new one has a new identity even where it has the old one's address. */
async function clusterIdentity(place: SandboxPlace): Promise<string> {
  const args = ["get", "namespace", "kube-system", "--output", "jsonpath={.metadata.uid}"];
  return (await execa("kubectl", args, { env: sandboxEnvironment(place.dir), extendEnv: false })).stdout;
}

function steps(tasks: { title: string; task: (context: unknown, task: Task) => Promise<void> }[]) {
  return new Listr(tasks, {
    fallbackRenderer: "simple",
    rendererOptions: { collapseErrors: false, formatOutput: "truncate" },
  });
}

function output(task: Task): (line: string) => void {
  let last = 0;
  return (line) => {
    if (!process.stdout.isTTY && Date.now() - last < secondsBetweenLines * 1000) return;
    last = Date.now();
    task.output = line;
  };
}

/** The stack's outputs as lines; secrets stay encrypted in an exported state and are not shown. */
function outputsOf(state: unknown): string {
  const { deployment } = state as { deployment: { resources?: { type: string; outputs?: Record<string, unknown> }[] } };
  const stack = deployment.resources?.find((resource) => resource.type === "pulumi:pulumi:Stack");
  const lines = Object.entries(stack?.outputs ?? {}).map(([name, value]) => {
    const text = JSON.stringify(value, undefined, 2);
    return `  ${name}: ${text.includes("4dabf18193072939515e22adb298388d") ? "[secret]" : text.replaceAll("\n", "\n  ")}`;
  });
  return ["Outputs:", ...lines].join("\n");
}
