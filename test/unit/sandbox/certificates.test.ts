import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCertificate, ensureCertificates, type Certificates } from "../../../sandbox/certificates.ts";

const day = 24 * 60 * 60 * 1000;

describe("the sandbox's certificates", () => {
  let dir: string;
  let pki: Certificates;
  const now = new Date();

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "apg-pki-"));
    pki = await ensureCertificates(dir, now);
  });
  afterEach(() => rm(dir, { recursive: true }));

  const read = async (path: string) => new X509Certificate(await readFile(path));
  const contents = async () => {
    const entries = await Promise.all(
      (await readdir(dir)).map(async (name) => [name, await readFile(join(dir, name), "utf8")] as const),
    );
    return Object.fromEntries(entries);
  };
  const changed = (before: Record<string, string>, after: Record<string, string>) =>
    Object.keys(after).filter((name) => after[name] !== before[name]);

  it("name the API server by every address that it is reached by, inside the cluster and out", async () => {
    const cert = await read(pki.certificates.apiserver.cert);
    assert.equal(
      cert.subjectAltName,
      "DNS:kubernetes, DNS:kubernetes.default, DNS:kubernetes.default.svc, DNS:kubernetes.default.svc.cluster.local, " +
        "DNS:localhost, IP Address:127.0.0.1, IP Address:10.96.0.1",
    );
    assert.deepEqual(cert.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  });

  it("make the administrator and the API server's kubelet client members of system:masters, and nobody else", async () => {
    const masters: string[] = [];
    for (const [name, { cert }] of Object.entries(pki.certificates)) {
      if ((await read(cert)).subject.includes("O=system:masters")) masters.push(name);
    }
    assert.deepEqual(masters, ["apiserver-kubelet-client", "admin"]);
  });

  it("are each signed by its own authority alone, with an elliptic curve key", async () => {
    const signers: Record<string, string[]> = {};
    for (const [name, { cert }] of Object.entries(pki.certificates)) {
      const leaf = await read(cert);
      assert.equal(leaf.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1", name);
      assert.equal(leaf.ca, false, name);
      for (const [authority, files] of Object.entries(pki.authorities)) {
        const signer = await read(files.cert);
        assert.equal(signer.ca, true, authority);
        if (leaf.checkIssued(signer) && leaf.verify(signer.publicKey)) (signers[authority] ??= []).push(name);
      }
    }
    assert.deepEqual(signers, {
      ca: [
        ...["apiserver", "apiserver-kubelet-client", "admin", "controller-manager", "scheduler", "kwok"],
        ...["kube-proxy", "stand-ins", "network-policy"],
      ],
      "front-proxy-ca": ["front-proxy-client"],
      "etcd-ca": ["etcd-server", "etcd-client"],
    });
  });

  it("lie in files that only their owner can read", async () => {
    for (const name of await readdir(dir)) assert.equal((await stat(join(dir, name))).mode & 0o777, 0o600, name);
  });

  it("stay as they are until 30 days before they expire", async () => {
    const before = await contents();
    await ensureCertificates(dir, new Date(now.getTime() + 334 * day));
    assert.deepEqual(await contents(), before);
  });

  it("are renewed within 30 days of expiry, by the same authority and with the same token key", async () => {
    const before = await contents();
    const later = new Date(now.getTime() + 336 * day);
    await ensureCertificates(dir, later);
    const expected = Object.keys(pki.certificates).flatMap((name) => [`${name}.crt`, `${name}.key`]);
    assert.deepEqual(changed(before, await contents()).sort(), expected.sort());
    const renewed = await read(pki.certificates.admin.cert);
    assert.ok(renewed.validToDate.getTime() - later.getTime() > 364 * day);
  });

  it("are all issued anew when their authority is", async () => {
    const before = await contents();
    await rm(pki.authorities["etcd-ca"].key);
    await ensureCertificates(dir, now);
    assert.deepEqual(changed(before, await contents()).sort(), [
      "etcd-ca.crt",
      "etcd-ca.key",
      "etcd-client.crt",
      "etcd-client.key",
      "etcd-server.crt",
      "etcd-server.key",
    ]);
  });

  it("are issued anew when a file is damaged or is not the other's", async () => {
    const before = await contents();
    await writeFile(pki.certificates.scheduler.cert, "-----BEGIN CERT");
    await writeFile(pki.certificates.kwok.key, before["admin.key"]!);
    await ensureCertificates(dir, now);
    assert.deepEqual(changed(before, await contents()).sort(), [
      "kwok.crt",
      "kwok.key",
      "scheduler.crt",
      "scheduler.key",
    ]);
  });

  it("can be issued for a kubelet, and follow a change of its addresses", async () => {
    const request = {
      authority: "ca",
      commonName: "system:node:real-1",
      organization: "system:nodes",
      hosts: ["real-1", "10.0.0.1"],
      usages: ["server", "client"],
    } as const;
    const kubelet = async (hosts: string[]) =>
      read(
        (await ensureCertificate(dir, "kubelet-real-1", { ...request, hosts, usages: [...request.usages] }, now)).cert,
      );
    const first = await kubelet(["real-1", "10.0.0.1"]);
    assert.equal(first.subject, "O=system:nodes\nCN=system:node:real-1");
    assert.deepEqual(first.keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    assert.equal((await kubelet(["real-1", "10.0.0.1"])).serialNumber, first.serialNumber);
    assert.equal((await kubelet(["real-1", "10.0.0.2"])).subjectAltName, "DNS:real-1, IP Address:10.0.0.2");
  });

  it("have a public token key that belongs to the private one", async () => {
    const { publicKey, privateKey } = pki.serviceAccount;
    const derived = createPublicKey(await readFile(privateKey)).export({ type: "spki", format: "pem" });
    assert.equal(await readFile(publicKey, "utf8"), derived);
  });
});
