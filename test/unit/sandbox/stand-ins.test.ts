import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { loadPem, makeCertificate } from "../../../sandbox/certificates.ts";
import {
  durationOf,
  issueCertificate,
  renewalOf,
  satisfies,
  secretOf,
  type Certificate,
} from "../../../sandbox/stand-ins/certificate.ts";
import { contentOf, placeOf } from "../../../sandbox/stand-ins/external-secret.ts";

const now = new Date("2026-11-24T12:00:00Z");
const hour = 3600_000;

const wanted = (spec: Partial<Certificate["spec"]> = {}): Certificate => ({
  metadata: { name: "web", namespace: "a" },
  spec: {
    secretName: "web-tls",
    commonName: "web",
    dnsNames: ["web.a.svc"],
    ipAddresses: ["10.0.0.1"],
    issuerRef: { name: "outside" },
    ...spec,
  },
});

describe("a stood-in certificate", () => {
  it("is signed by the authority, for the names and the time that are asked for", async () => {
    const authority = await makeCertificate(1000 * hour, now, {
      subject: [{ CN: ["authority"] }],
      extensions: () => [],
    });
    const signer = loadPem(authority.cert, authority.key)!;
    const made = await issueCertificate(wanted({ duration: "24h" }), signer, now);
    const cert = new X509Certificate(made.cert);
    assert.ok(cert.verify(signer.cert.publicKey));
    assert.equal(cert.subjectAltName, "DNS:web.a.svc, IP Address:10.0.0.1");
    assert.equal(cert.validToDate.getTime(), now.getTime() + 24 * hour);
    assert.equal(cert.ca, false);
    const { data, type } = secretOf(wanted(), made, authority.cert);
    assert.equal(type, "kubernetes.io/tls");
    assert.equal(Buffer.from(data["ca.crt"], "base64").toString(), authority.cert);
  });

  it("signs itself where the issuer says so, and may be an authority", async () => {
    const cert = new X509Certificate((await issueCertificate(wanted({ isCA: true }), undefined, now)).cert);
    assert.ok(cert.verify(cert.publicKey));
    assert.ok(cert.ca);
  });

  it("is made anew when it says something else, or a third of its time is left", async () => {
    const cert = new X509Certificate((await issueCertificate(wanted({ duration: "30h" }), undefined, now)).cert);
    const later = (hours: number) => new Date(now.getTime() + hours * hour);
    assert.ok(satisfies(cert, wanted({ duration: "30h" }), later(19)));
    assert.ok(!satisfies(cert, wanted({ duration: "30h" }), later(21)));
    assert.ok(!satisfies(cert, wanted({ duration: "30h", renewBefore: "25h" }), later(6)));
    assert.ok(!satisfies(cert, wanted({ duration: "30h", dnsNames: ["other"] }), now));
    assert.ok(!satisfies(cert, wanted({ duration: "30h", commonName: "other" }), now));
    assert.ok(!satisfies(cert, wanted({ duration: "30h", isCA: true }), now));
    assert.equal(renewalOf(wanted({ duration: "30h" }), later(30)).getTime(), later(20).getTime());
  });

  it("reads durations as Go writes them", () => {
    assert.equal(durationOf("2160h"), 2160 * hour);
    assert.equal(durationOf("1h30m15s"), 1.5 * hour + 15_000);
  });
});

describe("a stood-in secret", () => {
  const external = (template?: Record<string, string>) => ({
    metadata: { name: "db", namespace: "a" },
    spec: {
      data: [
        { secretKey: "user", remoteRef: { key: "prod/db", property: "user" } },
        { secretKey: "password", remoteRef: { key: "prod/db", property: "password" } },
      ],
      target: template && { template: { data: template } },
    },
  });
  const remote = (place: string) => Buffer.from(place, "base64url").toString();

  it("has a value for each key, by the place that it comes from", () => {
    assert.deepEqual(contentOf(external(), remote), { user: "prod/db#user", password: "prod/db#password" });
    assert.match(placeOf({ key: "prod/db", property: "user" }), /^[\w-]+$/, "a key that a Secret may have");
  });

  it("renders templates of names, and says what it does not render", () => {
    const content = contentOf(external({ url: "postgres://{{ .user }}:{{.password}}@db" }), remote);
    assert.deepEqual(content, { url: "postgres://prod/db#user:prod/db#password@db" });
    assert.throws(() => contentOf(external({ url: "{{ .user | upper }}" }), remote), /not \{\{ \.user \| upper \}\}/);
  });
});
