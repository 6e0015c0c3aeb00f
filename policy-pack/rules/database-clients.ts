// Who connects to a database verifies that it is the right one.
import { verifiesService } from "../lib/clients.ts";
import { stackRule } from "../lib/define.ts";
import type { Rule } from "../lib/rule.ts";

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
  check: verifiesService({
    service: "database",
    addresses: ["DATABASE_URL", "DATABASE_READ_URL"],
    root,
    settings: [{ name: mode, value: "verify-full", otherwise: "connects to a database that may be any" }],
  }),
});
