import { median, upArguments, type BenchCluster } from "./stack.ts";
import type { Row } from "./table.ts";

/** `pulumi up` from nothing and without change, and the same objects by kubectl on the same cluster, taking turns. */
export async function compareUpWithKubectl(
  cluster: BenchCluster,
  rounds: number,
  say: (line: string) => void,
): Promise<Row[]> {
  const up: number[] = [];
  const unchanged: number[] = [];
  const kubectl: number[] = [];
  for (let round = 0; round < rounds; round++) {
    say(`pulumi up and kubectl apply, round ${round + 1} of ${rounds} ...`);
    const stack = await cluster.stack(`up-${round}`, () => undefined);
    up.push(await stack.time(...upArguments));
    unchanged.push(await stack.time(...upArguments, "--expect-no-changes"));
    const { manifests } = await stack.contents();
    await stack.pulumi("destroy", "--yes", "--skip-preview");
    kubectl.push(await applyWithKubectl(cluster, manifests));
  }
  return [
    { what: "up from nothing, sandbox stack", value: median(up), unit: "s" },
    { what: "the same objects by kubectl apply and rollout wait", value: median(kubectl), unit: "s" },
    { what: "up / kubectl", value: median(up) / median(kubectl), unit: "ratio", target: 1.5 },
    { what: "up without change", value: median(unchanged), unit: "s" },
  ];
}

interface Manifest {
  kind?: string;
  metadata?: { name?: string; namespace?: string };
}

async function applyWithKubectl(cluster: BenchCluster, manifests: Record<string, unknown>[]): Promise<number> {
  const objects = manifests.filter((manifest): manifest is Record<string, unknown> & Manifest => "kind" in manifest);
  const list = (items: unknown[]) => JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const first = objects.filter(({ kind }) => kind === "Namespace" || kind === "PriorityClass");
  const rest = objects.filter((object) => !first.includes(object));
  const apply = ["apply", "--server-side", "--force-conflicts", "--filename", "-"];
  const started = performance.now();
  await cluster.kubectl(apply, list(first));
  await cluster.kubectl(apply, list(rest));
  await Promise.all(
    rest
      .filter(({ kind }) => kind === "Deployment")
      .map(({ metadata }) =>
        cluster.kubectl([
          "rollout",
          "status",
          `deployment/${metadata!.name}`,
          "--namespace",
          metadata!.namespace!,
          "--timeout",
          "5m",
        ]),
      ),
  );
  const seconds = (performance.now() - started) / 1000;
  await cluster.clear();
  return seconds;
}
