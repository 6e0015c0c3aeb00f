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

/** Within a value: passwords, and lines of private keys. */
const generated = /[A-Za-z0-9]{32,}|^[\w-]{40}$|^[A-Za-z0-9+/]{40,}={0,2}$/gm;

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

/** Who else handles them: the database's operator and the object store. */
const handlers = { "cnpg-system": "cloudnative-pg", "apg-object-store": "objects" };

/** Every text in which no secret may be. */
export async function placesOf(namespaces: readonly string[]): Promise<{ place: string; text: string }[]> {
  const { state } = workspacePaths(place.dir);
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const kinds = "configmaps,pods,deployments,statefulsets,jobs,cronjobs,clusters.postgresql.cnpg.io,events";
  const of = async (what: string, namespace: string, ...args: string[]) => ({
    place: `${what} of ${namespace}`,
    text: await done(["-n", namespace, ...args]),
  });
  const logs = (namespace: string, selector: string) =>
    of("logs", namespace, "logs", "-l", selector, "--all-containers", "--tail=-1", ...patient);
  return [
    { place: "the exported state", text: JSON.stringify(await exportState(place)) },
    { place: "what the sandbox's commands printed", text: printed.join("\n") },
    ...files.map((file) => {
      const path = join(file.parentPath, file.name);
      return { place: path, text: readFileSync(path, "utf8") };
    }),
    ...(await Promise.all([
      ...namespaces.flatMap((namespace) => [
        of("objects", namespace, "get", kinds, "--output=json"),
        logs(namespace, "app.kubernetes.io/part-of=apg-platform"),
        of("remembered statements", namespace, "exec", "service/postgres-rw", "-c", "postgres", ...statements),
      ]),
      ...Object.entries(handlers).map(([namespace, name]) => logs(namespace, `app.kubernetes.io/name=${name}`)),
    ])),
  ];
}

/** For as many pods as there are, and also for those that do not run yet. */
const patient = ["--max-log-requests=100", "--ignore-errors"];
const statements = ["--", "psql", "-Atc", "select query from pg_stat_statements"];
