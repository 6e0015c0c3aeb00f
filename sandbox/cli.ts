// The sandbox's commands. Each ends with exit code 0, or with one message that says what to do and exit code 1.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { EvidenceError } from "../checklist/evidence.ts";
import { clusterStatus, resetCluster, stopCluster } from "./cluster.ts";
import { UserError } from "./errors.ts";
import { givenCluster } from "./given-cluster.ts";
import { endOrphanedProviders } from "./orphans.ts";
import { up, type UpOptions } from "./up.ts";
import { forgetSalt, hideSaltFromGit, sandboxPlace, sandboxVariables, workspacePaths } from "./workspace.ts";

const help = `The APG platform's sandbox: a real Kubernetes cluster on this machine, and the stack on it.

  npm run sandbox             bring it up, or up to date: tools, cluster, pulumi up with the policy pack, readiness summary
    -- --nodes real           containers run (the default where this machine allows it), or
    -- --nodes simulated      pods become Ready without containers
    -- --workers N            with N worker nodes (3 at first, then as the last time)
    -- --kubeconfig FILE      on the cluster of that file's current context instead
  npm run sandbox:status      what runs; exit code 1 when it is not all well
  npm run sandbox:env         shell lines that set up pulumi and kubectl:  eval "$(npm run -s sandbox:env)"
  npm run sandbox:stop        end every process; state and data stay
  npm run sandbox:reset       stop, and delete state and data; built tools stay in the tool cache

Everything is in .sandbox/ of this clone. Built tools are in ~/.cache/apg-platform/tools (APG_TOOL_CACHE moves them).
`;

const place = sandboxPlace();

const commands: Record<string, (options: UpOptions) => Promise<number>> = {
  up: async (options) => {
    await up(place, options);
    return 0;
  },
  status: async () => {
    const given = await givenCluster(place.dir);
    if (given !== undefined) {
      console.log(`The sandbox is on the cluster of ${given}; kubectl get nodes says how that is.`);
      return 0;
    }
    const status = await clusterStatus(place);
    if (!status.exists) {
      console.log("There is no sandbox in this clone yet: npm run sandbox makes one.");
      return 1;
    }
    for (const { name, state, pid } of status.components)
      console.log(`${name.padEnd(24)} ${state}${pid ? ` (process ${pid})` : ""}`);
    const ready = status.nodes.filter((node) => node.ready).length;
    console.log(`${"nodes".padEnd(24)} ${ready} of ${status.nodes.length} Ready (${status.kind})`);
    if (!status.running) console.log("\nnpm run sandbox starts what is missing.");
    return status.running ? 0 : 1;
  },
  stop: async () => {
    endOrphanedProviders(place.dir);
    const stopped = await stopCluster({ dir: place.dir });
    console.log(stopped.length ? `Stopped ${stopped.join(", ")}.` : "Nothing was running.");
    return 0;
  },
  reset: async () => {
    endOrphanedProviders(place.dir);
    await resetCluster({ dir: place.dir });
    if ((await givenCluster(place.dir)) !== undefined)
      console.log("What the stack has on the given cluster stays there.");
    await forgetSalt(place.dir, place.stack);
    await hideSaltFromGit();
    await rm(place.dir, { recursive: true, force: true });
    console.log(`Stopped, and deleted ${place.dir}. Built tools stay in the tool cache.`);
    return 0;
  },
  env: () => {
    if (!existsSync(workspacePaths(place.dir).bin)) {
      throw new UserError("There is no sandbox in this clone yet.", "npm run sandbox makes one.");
    }
    for (const [name, value] of Object.entries(sandboxVariables(place.dir))) {
      console.log(value === undefined ? `unset ${name}` : `export ${name}='${value.replaceAll("'", `'\\''`)}'`);
    }
    return Promise.resolve(0);
  },
};

async function main(): Promise<number> {
  const { values, positionals } = parse();
  const command = commands[positionals[0] ?? "up"];
  if (values.help || !command || positionals.length > 1) {
    console.log(help);
    return values.help ? 0 : 1;
  }
  const { nodes, kubeconfig } = values;
  if (nodes !== undefined && nodes !== "real" && nodes !== "simulated") {
    throw new UserError(
      `--nodes: ${nodes} given; real and simulated are accepted.`,
      "Real is the default where it is possible.",
    );
  }
  const workers = values.workers === undefined ? undefined : Number(values.workers);
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= 200)) {
    throw new UserError(
      `--workers: ${values.workers} given; a whole number from 1 to 200 is accepted.`,
      "3 is the default.",
    );
  }
  return command({ workers, nodes, kubeconfig });
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        workers: { type: "string" },
        nodes: { type: "string" },
        kubeconfig: { type: "string" },
      },
    });
  } catch (error) {
    throw new UserError((error as Error).message, "npm run sandbox -- --help lists what is accepted.");
  }
}

// A reader that has seen enough (| head) closes the pipe; that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UserError) console.error(`\n${error.message}\n${error.hint}`);
  else if (error instanceof EvidenceError) console.error(`\n${error.message}`);
  else throw error;
  process.exitCode = 1;
}
