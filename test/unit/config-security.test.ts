// The part of a stack's configuration that is about security: what is accepted, and what is said of the rest.
import assert from "node:assert/strict";
import { security } from "../../config/security-schema.ts";

const role = "arn:aws:iam::123456789012:role/deployer";
const good = {
  notify: { emails: ["security@example.org"] },
  breakGlass: { principals: ["arn:aws:iam::123456789012:user/jane"] },
  secretReaders: [role],
  registries: ["123456789012.dkr.ecr.eu-central-1.amazonaws.com"],
  images: { repositories: ["apg/audio-api"], pullers: [role] },
  signing: { signers: [{ subject: "https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main" }] },
  mesh: true,
  admission: { images: true },
  compliance: { accountWide: true, auditRetentionYears: 6 },
};
const problems = (given: object): string[] =>
  (security.safeParse(given).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("apg:security", () => {
  it("takes a complete one, and an empty one", () => {
    assert.deepEqual(security.parse(good), good);
    assert.deepEqual(problems({}), []);
  });

  it("says what is accepted instead", () => {
    assert.deepEqual(problems({ notify: {} }), [
      "notify: at least one e-mail address, pager or telephone is needed (AUD-SOP-06, CV-NET-08)",
    ]);
    assert.deepEqual(problems({ notify: { emails: ["jane"], endpoints: ["http://x"], phones: ["110"] } }), [
      "notify.emails.0: an e-mail address is accepted (AUD-SOP-06)",
      "notify.endpoints.0: an https URL is accepted (AUD-ALERT-06)",
      "notify.phones.0: a telephone number as +491701234567, in quotes, is accepted (CV-ALERT-05)",
    ]);
    assert.deepEqual(problems({ breakGlass: { principals: [role] } }), [
      "breakGlass.principals.0: the ARN of one user such as arn:aws:iam::123456789012:user/jane, as a role's session carries no MFA, is accepted (CV-SECRET-08)",
    ]);
    assert.deepEqual(problems({ breakGlass: { principals: [] } }), [
      "breakGlass.principals: at least one user is needed, or there would be no way in (CV-SECRET-08)",
    ]);
    assert.deepEqual(problems({ registries: [] }), [
      "registries: at least one is needed, or no pod could run (CV-IMG-04)",
    ]);
    assert.deepEqual(problems({ signing: {} }), ["signing: who signs is needed, or a key (CV-IMG-06)"]);
    assert.deepEqual(problems({ signing: { signers: [{ subject: "https://github.com/*" }] } }), [
      "signing.signers.0.subject: the identity of one workflow, such as https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main, is accepted (CV-IMG-06)",
    ]);
    assert.deepEqual(problems({ compliance: { auditRetentionYears: 0 } }), [
      "compliance.auditRetentionYears: at least 1 is needed (AUD-SEC-08, CV-LOG-07)",
    ]);
    assert.deepEqual(problems({ mesh: "yes" }), ["mesh: true or false is accepted (CV-NET-05)"]);
  });
});
