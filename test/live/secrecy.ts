// What is secret, read where it belongs, and every place where it does not.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exportState } from "../../sandbox/stack.ts";
import { workspacePaths } from "../../sandbox/workspace.ts";
import { done, json, place, printed } from "./sandbox.ts";

/** A generated value, and the Secret that it was read from. */
export interface Generated {
  secret: string;
  value: string;
}

/** Keys of Secrets that anybody may know: certificates and names. */
const known = /\.crt$|^(username|user|host|dbname|port)$|^access-?key-?id$/i;

/** A password, and a line of a private key. */
const generated = /[A-Za-z0-9]{32,}|(?<=^)[A-Za-z0-9+/]{40,}={0,2}$|(?<=^)[\w-]{40}$/gm;

/** Everything in a namespace's Secrets that somebody has generated, as it is and as Kubernetes encodes it. */
export async function generatedValues(namespace: string): Promise<Generated[]> {
  type Secrets = { items: { metadata: { name: string }; data?: Record<string, string> }[] };
  const { items } = await json<Secrets>("-n", namespace, "get", "secrets");
  return items.flatMap(({ metadata, data = {} }) =>
    Object.entries(data)
      .filter(([key]) => !known.test(key))
      .flatMap(([key, encoded]) => {
        const text = Buffer.from(encoded, "base64").toString();
        const values = [encoded, ...(text.match(generated) ?? [])];
        return values.map((value) => ({ secret: `${namespace}/${metadata.name}: ${key}`, value }));
      }),
  );
}

/** Every text in which no secret may be. */
export async function placesOf(namespaces: readonly string[]): Promise<{ place: string; text: string }[]> {
  const { state } = workspacePaths(place.dir);
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const kinds = "configmaps,pods,deployments,statefulsets,jobs,cronjobs,clusters.postgresql.cnpg.io,events";
  const selected = ["--selector=app.kubernetes.io/part-of=apg-platform", "--all-containers", "--tail=-1"];
  const statements = ["--", "psql", "-Atc", "select query from pg_stat_statements"];
  const ofNamespaces = namespaces.map(async (namespace) => [
    { place: `objects of ${namespace}`, text: await done(["-n", namespace, "get", kinds, "--output=json"]) },
    {
      place: `logs of ${namespace}`,
      text: await done(["-n", namespace, "logs", ...selected, "--max-log-requests=100", "--ignore-errors"]),
    },
    {
      place: `statements that the database of ${namespace} remembers`,
      text: await done(["-n", namespace, "exec", "service/postgres-rw", "-c", "postgres", ...statements]),
    },
  ]);
  return [
    { place: "the exported state", text: JSON.stringify(await exportState(place)) },
    { place: "what the sandbox's commands printed", text: printed.join("\n") },
    ...files.map((file) => {
      const path = join(file.parentPath, file.name);
      return { place: path, text: readFileSync(path, "utf8") };
    }),
    ...(await Promise.all(ofNamespaces)).flat(),
  ];
}
