import assert from "node:assert/strict";
import { CertificateAuthority } from "../../../../components/index.ts";
import { record, valueOf } from "../../recorder.ts";
import type { Inputs } from "../../recorder.ts";
import * as pulumi from "@pulumi/pulumi";

const issuer = "kubernetes:cert-manager.io/v1:Issuer";
const certificate = "kubernetes:cert-manager.io/v1:Certificate";
const labels = {
  "apg.io/capability": "audio",
  "apg.io/environment": "prod",
  "app.kubernetes.io/managed-by": "pulumi",
  "app.kubernetes.io/part-of": "apg-platform",
};
const metadata = (name: string) => ({ name, namespace: "apg-audio-prod", labels });

describe("CertificateAuthority", () => {
  const recorded = () =>
    record(
      () =>
        new CertificateAuthority("audio", { namespace: "apg-audio-prod", capability: "audio", environment: "prod" }),
    );

  it("is a certificate that signs itself, and an issuer that signs with it", async () => {
    const recording = await recorded();
    const parent = "apg:data:CertificateAuthority";
    assert.deepEqual(recording.paths, [
      `${parent}$${certificate}::audio-data-ca`,
      `${parent}$${issuer}::audio-data`,
      `${parent}$${issuer}::audio-data-self-signed`,
      `${parent}::audio`,
    ]);
    const self = recording.inputs(issuer, "audio-data-self-signed");
    assert.deepEqual([self.metadata, self.spec], [metadata("data-self-signed"), { selfSigned: {} }]);
    assert.deepEqual(recording.inputs(certificate).metadata, metadata("data-ca"));
    assert.deepEqual(recording.inputs(certificate).spec, {
      isCA: true,
      commonName: "audio prod data",
      secretName: "data-ca",
      duration: "26280h",
      renewBefore: "4380h",
      // With a new key, nobody would trust it before everybody had it.
      privateKey: { algorithm: "ECDSA", size: 384, rotationPolicy: "Never" },
      usages: ["cert sign", "crl sign"],
      issuerRef: { name: "data-self-signed", kind: "Issuer", group: "cert-manager.io" },
    });
  });

  it("is asked for certificates only when it can sign them", async () => {
    const recording = await recorded();
    assert.deepEqual(recording.inputs(issuer, "audio-data").spec, { ca: { secretName: "data-ca" } });
    assert.ok(recording.dependencies(issuer, "audio-data").includes(`${certificate}::audio-data-ca`));
    const { name, kind } = recording.value.issuer;
    assert.deepEqual([await valueOf(pulumi.output(name)), kind], ["data", "Issuer"]);
  });

  it("has the key of its namespace alone, in a Secret of the namespace", async () => {
    const recording = await recorded();
    const kinds = recording.resources.map(({ inputs }) => (inputs as Inputs & { kind?: string }).kind);
    assert.ok(!kinds.includes("ClusterIssuer"));
    for (const { type, inputs } of recording.resources)
      if (type.startsWith("kubernetes:"))
        assert.equal((inputs.metadata as { namespace: string }).namespace, "apg-audio-prod");
  });
});
