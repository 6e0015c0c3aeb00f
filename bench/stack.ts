import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { capabilityLabel } from "../checklist/labels.ts";
import { resetCluster, startCluster } from "../sandbox/cluster.ts";
import { obtainTools } from "../sandbox/obtain-tools.ts";
import { prepareWorkspace, projectRoot, sandboxEnvironment, workspacePaths } from "../sandbox/workspace.ts";

interface StackFile {
  config: Record<string, unknown> & { "apg:capabilities": Record<string, unknown>[] };
}

/** The middle one, or the lower of the two. */
export const median = (figures: readonly number[]) =>
  figures.toSorted((a, b) => a - b)[Math.floor((figures.length - 1) / 2)]!;

/** A cluster and a Pulumi state of the benchmark's own. */
export class BenchCluster {
  readonly dir: string;
  readonly environment: Record<string, string>;
  readonly #stacks: BenchStack[] = [];

  private constructor(dir: string) {
    this.dir = dir;
    this.environment = sandboxEnvironment(dir);
  }

  static async start(workers: number, say: (line: string) => void): Promise<BenchCluster> {
    const dir = join(projectRoot, ".sandbox-bench");
    await resetCluster({ dir });
    rmSync(dir, { recursive: true, force: true });
    const found = await obtainTools(dir, say);
    await startCluster({ dir, workers, tools: (name) => found.get(name)!.path, progress: say });
    await prepareWorkspace(dir, found);
    return new BenchCluster(dir);
  }

  async stop(): Promise<void> {
    for (const stack of this.#stacks) rmSync(stack.file, { force: true });
    await resetCluster({ dir: this.dir });
    rmSync(this.dir, { recursive: true, force: true });
  }

  /**
   * A new stack whose configuration is the sandbox's, changed. It has no data services: this cluster has no operators, and the
   * figures are of the engine and the capabilities, as they were from the start.
   */
  async stack(name: string, change: (config: StackFile["config"]) => void): Promise<BenchStack> {
    const text = readFileSync(join(projectRoot, "Pulumi.sandbox.yaml"), "utf8");
    const { config } = parse(text) as StackFile;
    for (const key of ["apg:data", "apg:tenants", "apg:backup"]) delete config[key];
    for (const capability of config["apg:capabilities"]) {
      delete capability["data"];
      delete capability["migrationArgs"];
    }
    change(config);
    const stack = new BenchStack(this, `bench-${name}`);
    this.#stacks.push(stack);
    writeFileSync(stack.file, stringify({ config }));
    await stack.pulumi("stack", "init", "--no-select");
    return stack;
  }

  /** Deletes what stacks have deployed, without Pulumi: nobody times it, and with many resources Pulumi takes minutes. */
  async clear(): Promise<void> {
    await this.kubectl(["delete", "namespaces", "--selector", capabilityLabel, "--wait"]);
    const kinds = "priorityclasses,validatingadmissionpolicies,validatingadmissionpolicybindings";
    const ours = (await this.kubectl(["get", kinds, "--output", "name"]))
      .split("\n")
      .filter((name) => /\/apg-/.test(name));
    await this.kubectl(["delete", ...ours]);
  }

  async kubectl(args: string[], input?: string): Promise<string> {
    const options = { env: this.environment, extendEnv: false, ...(input === undefined ? {} : { input }) };
    return (await execa("kubectl", args, options)).stdout;
  }
}

export class BenchStack {
  readonly name: string;
  readonly file: string;
  readonly #cluster: BenchCluster;

  constructor(cluster: BenchCluster, name: string) {
    this.#cluster = cluster;
    this.name = name;
    this.file = workspacePaths(cluster.dir).stackFile(name);
  }

  async pulumi(...args: string[]): Promise<string> {
    const options = { cwd: projectRoot, env: this.#cluster.environment, extendEnv: false, stdin: "ignore" } as const;
    return (await execa("pulumi", [...args, "--stack", this.name, "--non-interactive"], options)).stdout;
  }

  /** Runs pulumi and returns the seconds that it took. */
  async time(...args: string[]): Promise<number> {
    const started = performance.now();
    await this.pulumi(...args);
    return (performance.now() - started) / 1000;
  }

  /** The Kubernetes objects of the stack as manifests, and the number of all its resources. */
  async contents(): Promise<{ manifests: Record<string, unknown>[]; resources: number }> {
    const { deployment } = JSON.parse(await this.pulumi("stack", "export")) as {
      deployment: { resources: { type: string; inputs?: Record<string, unknown> }[] };
    };
    return {
      resources: deployment.resources.length,
      manifests: deployment.resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inputs!),
    };
  }
}

export const upArguments = ["up", "--yes", "--skip-preview"];
