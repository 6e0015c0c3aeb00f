// What a stack's configuration says of the names under which objects are delivered, and of who signs people in: what the stack
// makes itself, and what has to be given where it cannot.
import assert from "node:assert/strict";
import { validateConfig } from "../../config.ts";
import { samlMetadata } from "./components/foundation-fixtures.ts";
import { capability, problemsOf, today, writtenAccount, writtenData, writtenFoundation } from "./config-fixtures.ts";

const { images } = writtenData() as { images: object };
const edge = {
  domain: "example.com",
  issuers: {
    email: "platform@example.com",
    backup: { server: "https://acme.zerossl.com/v2/DV90", caaDomain: "sectigo.com" },
  },
  token: { issuer: "https://login.example.com/", audiences: ["apg"], jwksUri: "https://login.example.com/keys" },
};
const acmCertificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0f0e";
const webAclId = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/apg/0f0e";
const purposes = [{ name: "media", dataClass: "public", expireDays: 90, public: true }];
const delivering = (name: string, cdn: object, rest: object = {}) =>
  capability(name, { ...rest, data: { purposes, cdn: { aliases: ["media.example.com"], ...cdn } } });

const onAws = (capabilities: object[], keys: object = {}) => ({
  environment: "prod",
  account: writtenAccount(),
  foundation: { aws: writtenFoundation() },
  data: { images, aws: {} },
  capabilities,
  ...keys,
});
const resolved = (raw: unknown) => validateConfig(raw, { today });

describe("names of what is delivered, in the configuration", () => {
  it("need no certificate and no firewall of others where the stack has an edge", () => {
    const [first] = resolved(onAws([delivering("audio", {})], { edge })).capabilities;
    assert.deepEqual(first!.data?.cdn, { aliases: ["media.example.com"] });
    resolved(onAws([delivering("audio", { aliases: ["example.com", "a.b.example.com"] })], { edge }));
  });

  it("need both without one", () => {
    resolved(onAws([delivering("audio", { acmCertificateArn, webAclId })]));
    assert.deepEqual(problemsOf(onAws([delivering("audio", { webAclId })])), [
      "apg:capabilities[0].data.cdn.acmCertificateArn: missing; the ARN of a certificate in us-east-1 is needed without apg:edge, whose zone would prove its names (CV-OBJ-08).",
    ]);
    assert.deepEqual(problemsOf(onAws([delivering("audio", { acmCertificateArn })])), [
      "apg:capabilities[0].data.cdn.webAclId: missing; the ARN of a web access control list is needed without apg:edge (CV-NET-03).",
    ]);
  });

  it("lie in the edge's domain, or have a certificate that is given", () => {
    const aliases = ["media.example.com", "media.example.org", "media.badexample.com"];
    const accepted =
      "a name in example.com, whose zone proves it, is accepted, or acmCertificateArn is needed (CV-OBJ-08)";
    assert.deepEqual(problemsOf(onAws([delivering("audio", { aliases })], { edge })), [
      `apg:capabilities[0].data.cdn.aliases[1]: "media.example.org" given; ${accepted}.`,
      `apg:capabilities[0].data.cdn.aliases[2]: "media.badexample.com" given; ${accepted}.`,
    ]);
    resolved(onAws([delivering("audio", { aliases, acmCertificateArn })], { edge }));
  });

  it("lead to one thing each", () => {
    const route = { hosts: ["api.example.com", "media.example.com"] };
    const accepted =
      "a name that no route or other distribution has is accepted, as it leads to one of them (CV-CUT-01)";
    assert.deepEqual(problemsOf(onAws([delivering("audio", {}), capability("vision", { route })], { edge })), [
      `apg:capabilities[0].data.cdn.aliases[0]: "media.example.com" given; ${accepted}.`,
    ]);
    assert.deepEqual(
      problemsOf(onAws([delivering("audio", {}), delivering("vision", {})], { edge })),
      [0, 1].map((at) => `apg:capabilities[${at}].data.cdn.aliases[0]: "media.example.com" given; ${accepted}.`),
    );
  });
});

describe("who signs people in, in the configuration", () => {
  const vpn = {
    clientCidr: "10.200.0.0/22",
    serverCertificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/0f0e",
    accessGroupId: "administrators",
  };
  const given = (keys: object) =>
    onAws([capability("audio")], { foundation: { aws: { ...writtenFoundation(), vpn: { ...vpn, ...keys } } } });

  it("is described in the stack file, or is there already", () => {
    const { foundation } = resolved(given({ samlMetadata }));
    assert.equal(foundation.aws?.vpn?.samlMetadata, samlMetadata);
    const samlProviderArn = "arn:aws:iam::123456789012:saml-provider/company";
    assert.equal(resolved(given({ samlProviderArn })).foundation.aws?.vpn?.samlProviderArn, samlProviderArn);
  });

  it("is described by XML, and not by where that is", () => {
    assert.deepEqual(problemsOf(given({ samlMetadata: "identity-center.xml" })), [
      'apg:foundation.aws.vpn.samlMetadata: "identity-center.xml" given; the XML by which an identity provider describes itself, an EntityDescriptor with an IDPSSODescriptor and of at least 1000 characters, is accepted (CV-NET-06).',
    ]);
  });
});
