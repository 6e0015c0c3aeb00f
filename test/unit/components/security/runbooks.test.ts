// Where the platform's runbooks are. What is in them, test/unit/components/data/runbooks.test.ts reads.
import assert from "node:assert/strict";
import { platformRunbooks, Runbooks } from "../../../../components/security/runbooks.ts";
import { record, refusal } from "../../recorder.ts";
import type { Inputs } from "../../recorder.ts";
import { complaints } from "./fixtures.ts";

describe("Runbooks", () => {
  it("are in a namespace of their own, which runs nothing that is not restricted and lets nobody in", async () => {
    const recording = await record(() => new Runbooks("runbooks", {}));
    assert.deepEqual(recording.resources.map(({ type, name }) => `${type}::${name}`).sort(), [
      "apg:capability:NetworkPolicies::runbooks",
      "apg:security:Runbooks::runbooks",
      "kubernetes:core/v1:ConfigMap::runbooks",
      "kubernetes:core/v1:Namespace::runbooks",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy::runbooks-allow-dns",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy::runbooks-default-deny",
    ]);
    const { metadata, data } = recording.inputs("kubernetes:core/v1:ConfigMap");
    assert.deepEqual(
      [(metadata as Inputs).name, (metadata as Inputs).namespace],
      ["apg-runbooks", "platform-runbooks"],
    );
    assert.deepEqual(
      Object.keys(data as Inputs),
      platformRunbooks.map((slug) => `${slug}.md`),
    );
    assert.deepEqual(complaints(recording), []);
  });

  it("are those that are asked for, and no others", async () => {
    const some = await record(() => new Runbooks("runbooks", { namespace: "operations", runbooks: ["updates"] }));
    assert.deepEqual(Object.keys(some.inputs("kubernetes:core/v1:ConfigMap").data as Inputs), ["updates.md"]);
    assert.deepEqual(await refusal(() => new Runbooks("runbooks", { runbooks: ["coffee"] })), [
      "runbooks.runbooks[0]: coffee given; one of break-glass, certificate-renewal, maintenance-window, security-incident, updates is accepted (CV-SUPP-02).",
    ]);
  });
});
