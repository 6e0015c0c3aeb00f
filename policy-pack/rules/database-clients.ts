// Who connects to a database verifies that it is the right one.
import { notConcerned, stackRule } from "../lib/define.ts";
import { ApplicationSettings } from "../lib/environment.ts";
import { isMounted } from "../lib/mounts.ts";
import type { Container } from "../lib/pod.ts";
import { podOf } from "../lib/pod.ts";
import type { Rule } from "../lib/rule.ts";

const addresses: readonly string[] = ["DATABASE_URL", "DATABASE_READ_URL"];
const mode = "PGSSLMODE";
const root = "PGSSLROOTCERT";

export const databaseClientsVerify: Rule = stackRule({
  name: "database-clients-verify-the-server",
  decides: ["CV-DB-07", "CV-TLS-05"],
  severity: "high",
  description:
    "Every container with the address of a database verifies the server's certificate and name, by a certificate that is " +
    "mounted into it.",
  fix: `Set ${mode} to verify-full and ${root} to a file of a mounted Secret or ConfigMap that holds the authority.`,
  subjects: (stack) => stack.workloads,
  check: (workload, stack, complain) => {
    const pod = podOf(workload);
    const clients = pod?.allContainers.filter(isClient) ?? [];
    if (pod === undefined || clients.length === 0) return notConcerned;
    for (const client of clients) {
      // What is in the Secret cannot be read, and need not be: these two hold where the address says nothing else.
      const settings = new ApplicationSettings(stack, pod, [client]);
      const valueOf = (name: string) => settings.values(name)[0]?.value;
      if (valueOf(mode) !== "verify-full")
        complain(`${client.title} connects to a database that may be any: set ${mode} to verify-full.`);
      const file = valueOf(root) ?? "";
      if (!isMounted(pod, client, file)) {
        complain(
          `${client.title} has ${file === "" ? "no certificate" : `${file}, which is in no mounted Secret or ConfigMap,`} ` +
            `to verify its database by: set ${root} to a file of a mounted one.`,
        );
      }
    }
    return undefined;
  },
});

function isClient({ value }: Container): boolean {
  return value
    .get("env")
    .list()
    .some((variable) => addresses.includes(variable.get("name").string() ?? ""));
}
