import { readFile } from "node:fs/promises";
import { stringify } from "yaml";
import type { CertificateFiles } from "./certificates.ts";
import { writePrivate } from "./files.ts";

/** The context of the administrator's kubeconfig, which `Pulumi.sandbox.yaml` names. */
export const contextName = "apg-sandbox";

export interface KubeconfigArgs {
  /** `https://127.0.0.1:<port>` */
  server: string;
  /** File with the certificate of the authority that signed the server's. */
  authority: string;
  client: CertificateFiles;
  user: string;
}

/** Writes a kubeconfig that holds its certificates itself, so that the one file can be copied, readable by its owner only. */
export async function writeKubeconfig(
  path: string,
  { server, authority, client, user }: KubeconfigArgs,
): Promise<void> {
  const cluster = { server, "certificate-authority-data": await base64(authority) };
  const credentials = {
    "client-certificate-data": await base64(client.cert),
    "client-key-data": await base64(client.key),
  };
  await writePrivate(
    path,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: contextName, cluster }],
      users: [{ name: user, user: credentials }],
      contexts: [{ name: contextName, context: { cluster: contextName, user } }],
      "current-context": contextName,
    }),
  );
}

async function base64(path: string): Promise<string> {
  return (await readFile(path)).toString("base64");
}
