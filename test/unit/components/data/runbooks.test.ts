// Runbooks are read by people, so this holds them to what can be told of them: they are there, complete, and name what there is.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { renewalAlerts } from "../../../../components/capability/secret-renewal.ts";
import { backupAlerts } from "../../../../components/data/backup/alerts.ts";
import { postgresAlerts } from "../../../../components/data/postgres/alerts.ts";
import { redisAlerts } from "../../../../components/data/redis/alerts.ts";
import { platformRunbooks } from "../../../../components/security/runbooks.ts";
import { dataRunbooks, runbookConfigMap, runbookTexts } from "../../../../components/data/runbooks.ts";
import { lacksOf } from "../../../../policy-pack/lib/runbooks.ts";
import { record } from "../../recorder.ts";

const files = readdirSync(join(import.meta.dirname, "../../../../runbooks")).map((file) => file.replace(/\.md$/, ""));
const texts = Object.entries(runbookTexts(files));

describe("runbooks", () => {
  it("go into a ConfigMap that people and rules find", async () => {
    const recording = await record(() =>
      runbookConfigMap("audio", { namespace: "apg-audio-prod" }, ["cache-management"], {}),
    );
    const { metadata, data } = recording.inputs("kubernetes:core/v1:ConfigMap");
    assert.deepEqual(metadata, { name: "apg-runbooks", namespace: "apg-audio-prod" });
    assert.deepEqual(data, runbookTexts(["cache-management"]));
  });

  it("are each either of a capability's data or of the platform", () =>
    assert.deepEqual(files.sort(), [...dataRunbooks, ...platformRunbooks].sort()));

  for (const [file, text] of texts) {
    it(`are complete: ${file}`, () => assert.deepEqual(lacksOf(text), []));

    it(`have commands that a shell reads: ${file}`, () => {
      const blocks = [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, block]) => block);
      assert.ok(blocks.length > 0);
      for (const block of blocks) {
        // What people fill in.
        const input = block!.replace(/<[a-z][^<>]*>/g, "something");
        const { status, stderr } = spawnSync("bash", ["-n"], { input, encoding: "utf8" });
        assert.equal(status, 0, `${stderr}\n${block}`);
      }
    });
  }

  it("are where alerts lead", () => {
    const alerts = [
      ...postgresAlerts("n", "postgres"),
      ...redisAlerts("n", { replicas: 3, quorum: 2 }),
      ...backupAlerts("n", { clusterName: "postgres", method: "plugin" }, 5),
      ...renewalAlerts("n"),
    ];
    const missing = alerts.filter(({ runbook }) => !files.some((file) => runbook === `runbooks/${file}.md`));
    assert.deepEqual(
      missing.map(({ alert, runbook }) => `${alert}: ${runbook}`),
      [],
    );
  });

  it("speak of every alert that leads to them", () => {
    const all = [
      ...postgresAlerts("n", "postgres"),
      ...redisAlerts("n", { replicas: 3, quorum: 2 }),
      ...renewalAlerts("n"),
    ];
    const text = texts.map(([, each]) => each).join("\n");
    assert.deepEqual(
      all.map(({ alert }) => alert).filter((alert) => !text.includes(alert)),
      [],
    );
  });
});
