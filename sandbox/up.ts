// `npm run sandbox`: tools, cluster, images, add-ons, stack, report; each step is skipped when there is nothing to do.
import { ensureSimulatedVolumes } from "./nodes/simulated-volumes.ts";
import { execa } from "execa";
import { readinessOf, renderSummary } from "../report/readiness.ts";
import { dropBuildCaches } from "./build-tools.ts";
import { basicImages, ensureAddons } from "./addons.ts";
import { objectStoreImages } from "./addons/object-store.ts";
import { capabilitiesAnswer, type Endpoint } from "./answers.ts";
import { startCluster } from "./cluster.ts";
import { adoptKubeconfig, givenCluster } from "./given-cluster.ts";
import { hostPrograms } from "./images/host-programs.ts";
import { importImages } from "./images/import.ts";
import { recipeFor, recipes, toolsOf } from "./images/recipes.ts";
import { imageCache, obtainImages } from "./images/store.ts";
import { nodeName } from "./nodes/names.ts";
import { ensureObjectStore } from "./object-store.ts";
import { findOrBuild, obtainTools } from "./obtain-tools.ts";
import { ensureOperators, operatorImages } from "./operators/index.ts";
import { clusterPaths } from "./paths.ts";
import { planOf, type Plan } from "./plan.ts";
import { lackOf, refuseLack } from "./requirements.ts";
import { readSettings, type NodeKind } from "./settings.ts";
import { clearUp, deploy, ensureStack, exportState } from "./stack.ts";
import { ensureStandIns } from "./stand-ins/index.ts";
import { output, steps, type Step, type Task } from "./steps.ts";
import type { ToolSearch } from "./tools.ts";
import { hideSaltFromGit, prepareWorkspace, sandboxEnvironment, type SandboxPlace } from "./workspace.ts";

export interface UpOptions {
  /** Number of worker nodes. @default as at the last start; 3 at the first */
  workers?: number;
  /** Kind of the nodes. @default as at the last start; at the first real where the machine allows it */
  nodes?: NodeKind;
  /** Kubeconfig of a cluster that is there already, taken instead of one of our own. */
  kubeconfig?: string;
}

type Found = ToolSearch["found"];

/** Brings the whole sandbox up and ends with the stack's outputs, the readiness summary and what to try next. */
export async function up(place: SandboxPlace, options: UpOptions, say = console.log): Promise<void> {
  const started = Date.now();
  if (options.kubeconfig !== undefined) await adoptKubeconfig(place.dir, options.kubeconfig);
  const nodes = (await givenCluster(place.dir)) ? "none" : await chooseNodes(place.dir, options.nodes, say);
  const found = await obtainTools(place.dir, say, nodes, nodes === "real" ? toolsOf(basicRecipes()) : []);
  const standIns = new Set<string>();
  const context: Context = { place, found, options, nodes, standIns, seconds: [], say };
  await steps(nodes === "real" ? realSteps(context) : otherSteps(context)).run();
  await dropBuildCaches();

  try {
    const begun = Date.now();
    await deploy(place, await clusterIdentity(place), process.stdout.isTTY);
    context.seconds.push(["stack", (Date.now() - begun) / 1000]);
  } finally {
    await hideSaltFromGit();
  }
  const state = await exportState(place);
  const outputs = stackOutputs(state);
  say(`\n${shown(outputs)}`);
  if (nodes === "real") {
    const begun = Date.now();
    for (const line of await capabilitiesAnswer(place, (outputs["endpoints"] ?? []) as Endpoint[])) say(line);
    context.seconds.push(["answers", (Date.now() - begun) / 1000]);
  }
  say(`\n${renderSummary(readinessOf([state], { stackNames: [place.stack] }))}`);
  say(`\n${closingWords(context, (Date.now() - started) / 1000)}`);
}

interface Context {
  place: SandboxPlace;
  found: Found;
  options: UpOptions;
  nodes: NodeKind | "none";
  /** What is not the published image, in words. */
  standIns: Set<string>;
  /** How long each step took. */
  seconds: [step: string, seconds: number][];
  say: (line: string) => void;
}

/** The kind of the cluster that is there, or the one that is asked for, or what the machine allows. */
async function chooseNodes(dir: string, wanted: NodeKind | undefined, say: (line: string) => void): Promise<NodeKind> {
  const present = (await readSettings(clusterPaths(dir)))?.kind;
  const kind = wanted ?? present;
  if (kind === "simulated") return kind;
  const lack = await lackOf();
  if (!lack) return "real";
  if (kind === "real") refuseLack(lack);
  say(`Simulated nodes: real ones need ${lack.what}, which this machine does not have (${lack.remedy}).`);
  return "simulated";
}

function realSteps(context: Context): Step[] {
  const { place, found, options, seconds } = context;
  const { dir } = place;
  const step = (title: string, run: (progress: (line: string) => void) => Promise<void>): Step => ({
    title,
    task: async (_: unknown, task: Task) => {
      const begun = Date.now();
      await run(output(task));
      seconds.push([title.toLowerCase(), (Date.now() - begun) / 1000]);
    },
  });
  const basics = basicRecipes();
  let plan: Plan = { images: [], groups: [], objectStore: false };
  return [
    step("Programs and basic images", async (progress) => {
      await hostPrograms(imageCache(), progress);
      await obtainImages(basics, { tools: pathsOf(found), progress });
    }),
    step("Cluster with real nodes", async (progress) => {
      const programs = await hostPrograms(imageCache());
      const { workers } = options;
      await startCluster({ dir, nodes: "real", workers, programs, tools: pathsOf(found), progress });
      await provide(context, basics, progress);
      await prepareWorkspace(dir, found);
    }),
    step("Names, storage, metrics", (progress) => ensureAddons(dir, progress)),
    step("Images of the stack", async (progress) => {
      await prepareStack(context, progress);
      plan = await planOf(place);
      const served = [...operatorImages(plan.groups), ...(plan.objectStore ? objectStoreImages : [])];
      const names = [...plan.images, ...served].flatMap((reference) => recipeFor(reference) ?? []);
      await withTools(found, toolsOf(names), progress);
      await provide(context, [...new Set(names)], progress);
    }),
    step("Operators and stores", (progress) => serve(context, plan, progress)),
  ];
}

/** What the stack's resources need in the cluster: their definitions, and whoever answers them. */
async function serve({ place: { dir }, standIns }: Context, plan: Plan, progress: (line: string) => void) {
  const { groups, objectStore } = plan;
  for (const standIn of await ensureStandIns(dir, groups, objectStore)) standIns.add(standIn);
  for (const standIn of await ensureOperators(dir, groups, progress)) standIns.add(standIn);
  if (objectStore) await ensureObjectStore(dir, progress);
}

function otherSteps(context: Context): Step[] {
  const { place, found, options, nodes } = context;
  return [
    ...(nodes === "none"
      ? []
      : [
          {
            title: "Cluster",
            task: async (_: unknown, task: Task) => {
              const { workers } = options;
              const progress = output(task);
              await startCluster({ dir: place.dir, nodes, workers, tools: pathsOf(found), progress });
            },
          },
        ]),
    {
      title: `Stack ${place.stack}`,
      task: async (_: unknown, task: Task) => {
        const progress = output(task);
        await prepareWorkspace(place.dir, found);
        await prepareStack(context, progress);
        // A cluster that is given has its own operators.
        if (nodes === "simulated") {
          await ensureSimulatedVolumes(place.dir);
          await serve(context, await planOf(place), progress);
        }
      },
    },
  ];
}

async function prepareStack({ place }: Context, progress: (line: string) => void): Promise<void> {
  await ensureStack(place);
  if (await clearUp(place)) progress("Cleared up after an update that was killed.");
}

/** Makes images where they are not in the cache, and known to every node. */
async function provide({ place, found, standIns }: Context, names: string[], progress: (line: string) => void) {
  const paths = clusterPaths(place.dir);
  const { workers } = (await readSettings(paths))!;
  const nodes = Array.from({ length: workers }, (_, index) => nodeName(index + 1));
  const images = await obtainImages(names, { tools: pathsOf(found), progress });
  await importImages(paths, nodes, images, { tools: pathsOf(found), progress });
  for (const name of names) {
    const { references, standsFor } = recipes[name]!;
    if (standsFor) standIns.add(`${references.join(", ")}: ${standsFor}`);
  }
}

const basicRecipes = () => basicImages.map((reference) => recipeFor(reference)!);

async function withTools(found: Found, names: string[], progress: (line: string) => void): Promise<void> {
  for (const [name, tool] of await findOrBuild([...names, "ctr"], progress)) found.set(name, tool);
}

const pathsOf = (found: Found) => (name: string) => found.get(name)!.path;

/** Which cluster this is: a new one has a new identity even where it has the old one's address. */
async function clusterIdentity(place: SandboxPlace): Promise<string> {
  const args = ["get", "namespace", "kube-system", "--output", "jsonpath={.metadata.uid}"];
  return (await execa("kubectl", args, { env: sandboxEnvironment(place.dir), extendEnv: false })).stdout;
}

function closingWords({ place, nodes, standIns, seconds }: Context, total: number): string {
  const whatRuns = {
    real: "Containers run, on nodes with a kubelet and containerd each.",
    simulated: "Worker nodes and pods are simulated: no container runs.",
    none: "It runs on the cluster of the kubeconfig that was given.",
  };
  const steps = seconds.map(([step, taken]) => `${step} ${Math.round(taken)} s`).join(", ");
  return [
    `Ready in ${Math.round(total)} s${steps ? ` (${steps})` : ""}. ${whatRuns[nodes]}`,
    ...(standIns.size ? ["Stand-ins for what is published:", ...[...standIns].map((one) => `  ${one}`)] : []),
    "Next:",
    "",
    `  eval "$(npm run -s sandbox:env)"                    pulumi and kubectl, set up for the sandbox in this shell`,
    "  kubectl get all,hpa,pdb,netpol,quota -A             what was deployed",
    `  ${`npm run readiness -- ${place.stack} --all`.padEnd(50)}  every checklist item, with what proves it`,
  ].join("\n");
}

function stackOutputs(state: unknown): Record<string, unknown> {
  const { deployment } = state as { deployment: { resources?: { type: string; outputs?: Record<string, unknown> }[] } };
  return deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

/** The stack's outputs as lines; secrets stay encrypted in an exported state and are not shown. */
function shown(outputs: Record<string, unknown>): string {
  const lines = Object.entries(outputs).map(([name, value]) => {
    const text = JSON.stringify(value, undefined, 2);
    return `  ${name}: ${text.includes("4dabf18193072939515e22adb298388d") ? "[secret]" : text.replaceAll("\n", "\n  ")}`;
  });
  return ["Outputs:", ...lines].join("\n");
}
