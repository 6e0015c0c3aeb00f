import assert from "node:assert/strict";
import { secrets } from "../../../../config/secrets-schema.ts";

const writers = ["arn:aws:iam::123456789012:role/deploy"];
const problems = (given: unknown) => {
  const { success, error } = secrets.safeParse(given);
  return success ? [] : error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
};

describe("the config of secrets", () => {
  it("names who writes, and the services whose keys are kept", () => {
    const speech = { name: "speech", capability: "audio-processing", critical: true };
    assert.deepEqual(problems({ writers }), []);
    assert.deepEqual(
      problems({ writers, rotation: false, credentialDays: 7, refreshMinutes: 60, thirdParty: [speech] }),
      [],
    );
  });

  it("is refused where it asks for less than the checklists do, or holds more than names", () => {
    const speech = { name: "speech", capability: "audio-processing" };
    assert.deepEqual(problems({ writers: [], credentialDays: 31, refreshMinutes: 61 }), [
      "writers: a list of at least one ARN of a role is accepted (CV-SECRET-03)",
      "credentialDays: at most 30 are allowed (CV-SECRET-02)",
      "refreshMinutes: at most 60 are allowed (CV-SECRET-02)",
    ]);
    assert.deepEqual(problems({ writers: ["deploy"], thirdParty: [speech, speech] }), [
      "writers.0: the ARN of a role such as arn:aws:iam::123456789012:role/deploy is accepted (CV-SECRET-03)",
      "thirdParty: each service may be named once for a capability (CV-ENV-04)",
    ]);
    assert.deepEqual(problems({ writers, thirdParty: [{ ...speech, key: "sk-123" }] }), [
      "thirdParty.0: an object with name, capability, critical is accepted (CV-ENV-04)",
    ]);
  });
});
