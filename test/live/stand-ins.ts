// The operators that the sandbox stands in for: they answer resources that have the operators' own definitions.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { ensureStandIns } from "../../sandbox/stand-ins/index.ts";
import { apply, done, json, place, sandbox } from "./sandbox.ts";

export function standIns(): void {
  it("stands in for cert-manager and External Secrets, with their own resource definitions", async () => {
    const names = await ensureStandIns(place.dir, ["cert-manager.io", "external-secrets.io"]);
    assert.deepEqual(
      names.map((name) => name.split(":")[0]),
      ["cert-manager", "External Secrets"],
    );
    const group = (kind: string, apiVersion: string, name: string, spec: object, namespace?: string) =>
      apply({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, spec });
    await group("ClusterIssuer", "cert-manager.io/v1", "public", {
      acme: { server: "https://acme.example/directory", privateKeySecretRef: { name: "account" }, solvers: [] },
    });
    await group(
      "Certificate",
      "cert-manager.io/v1",
      "web",
      { secretName: "web-tls", dnsNames: ["web.live.svc"], issuerRef: { kind: "ClusterIssuer", name: "public" } },
      "live",
    );
    await done(["-n", "live", "wait", "certificate/web", "--for=condition=Ready", "--timeout=30s"]);
    const decode = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();
    const { data: tls } = await json<{ data: Record<string, string> }>("-n", "live", "get", "secret", "web-tls");
    const certificate = new X509Certificate(decode(tls["tls.crt"]));
    assert.equal(certificate.subjectAltName, "DNS:web.live.svc");
    assert.ok(certificate.verify(new X509Certificate(decode(tls["ca.crt"])).publicKey));

    for (const name of ["one", "two"]) {
      await group(
        "ExternalSecret",
        "external-secrets.io/v1",
        name,
        {
          secretStoreRef: { kind: "ClusterSecretStore", name: "aws" },
          data: [{ secretKey: "password", remoteRef: { key: "prod/db" } }],
        },
        "live",
      );
    }
    await done([
      "-n",
      "live",
      "wait",
      "externalsecret/one",
      "externalsecret/two",
      "--for=condition=Ready",
      "--timeout=30s",
    ]);
    const secret = async (name: string) =>
      decode((await json<{ data: Record<string, string> }>("-n", "live", "get", "secret", name)).data["password"]);
    assert.ok((await secret("one")).length >= 24);
    assert.equal(await secret("one"), await secret("two"), "the same place has the same value");
    const { all } = await sandbox("status");
    assert.match(all, /stand-ins\s+running/);
  });
}
