// What is taken for the metadata of an identity provider. Whether it can be trusted is IAM's to find.
import assert from "node:assert/strict";
import { isSamlMetadata } from "../../../../components/foundation/network/saml.ts";
import { samlMetadata } from "../foundation-fixtures.ts";

describe("the metadata of an identity provider", () => {
  it("is an EntityDescriptor by any prefix, with or without a declaration before it", () => {
    const bare = samlMetadata.replaceAll("md:", "");
    const accepted = [samlMetadata, bare, bare.slice(bare.indexOf("\n") + 1), `\n${samlMetadata}\n\n`];
    assert.deepEqual(accepted.map(isSamlMetadata), [true, true, true, true]);
  });

  it("is nothing that is short, cut off, of another kind, or of the side that asks", () => {
    const refused = {
      path: "identity-center.xml",
      short: samlMetadata.replace(/MIIB/g, ""),
      cut: samlMetadata.slice(0, -10),
      long: samlMetadata.replace("MIIB", "MIIB".repeat(2_500_000)),
      page: `<html>${samlMetadata}</html>`,
      other: samlMetadata.replaceAll("EntityDescriptor", "EntitiesDescriptor"),
      mixed: samlMetadata.replace("</md:EntityDescriptor>", "</EntityDescriptor>"),
      asking: samlMetadata.replaceAll("IDPSSODescriptor", "SPSSODescriptor"),
    };
    for (const [what, text] of Object.entries(refused)) assert.equal(isSamlMetadata(text), false, what);
  });
});
