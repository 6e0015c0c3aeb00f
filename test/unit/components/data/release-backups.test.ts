import assert from "node:assert/strict";
import { releaseBackups } from "../../../../components/data/backup/release.ts";
import type { ReleaseBackupsArgs } from "../../../../components/data/backup/release.ts";
import { record, refusal } from "../../recorder.ts";

const labels = { "apg.io/capability": "audio" };
const minimal: ReleaseBackupsArgs = {
  metadata: { namespace: "apg-audio-prod", labels },
  cluster: "postgres",
  version: "1.4.2",
  method: "plugin",
};
const velero = {
  namespace: "velero",
  includedNamespace: "apg-audio-prod",
  storageLocation: "audio-prod",
  ttl: "720h0m0s",
};
const declare = (args: Partial<ReleaseBackupsArgs> = {}) => releaseBackups("audio", { ...minimal, ...args }, {});
const database = "kubernetes:postgresql.cnpg.io/v1:Backup";

describe("a release's backups", () => {
  it("are one of the database, named after the version, for which the engine waits", async () => {
    const recording = await record(() => declare());
    assert.deepEqual(recording.paths, [`${database}::audio-release-1-4-2`]);
    assert.deepEqual(recording.inputs(database), {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Backup",
      metadata: {
        name: "postgres-release-1-4-2",
        namespace: "apg-audio-prod",
        labels,
        annotations: { "pulumi.com/waitFor": "jsonpath={.status.phase}=completed" },
      },
      spec: {
        cluster: { name: "postgres" },
        method: "plugin",
        pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
      },
    });
  });

  it("are also one of the namespace where there is Velero", async () => {
    const recording = await record(() => declare({ velero, method: "in-tree", version: "2.0.0-RC.1", wait: false }));
    assert.deepEqual(recording.value.length, 2);
    assert.deepEqual(recording.inputs(database).spec, {
      cluster: { name: "postgres" },
      method: "barmanObjectStore",
    });
    const { metadata, spec } = recording.inputs("kubernetes:velero.io/v1:Backup");
    assert.deepEqual(metadata, {
      name: "apg-audio-prod-release-2-0-0-rc-1",
      namespace: "velero",
      labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
    });
    assert.deepEqual(spec, {
      includedNamespaces: ["apg-audio-prod"],
      storageLocation: "audio-prod",
      snapshotVolumes: true,
      ttl: "720h0m0s",
    });
  });

  it("need a version that fits into a name", async () => {
    assert.deepEqual(await refusal(() => declare({ version: "" })), [
      "audio.version: nothing given; a version is needed, the tag of the image (AUD-PRE-04).",
    ]);
    const long = "1.0.0-".padEnd(60, "x");
    assert.match((await refusal(() => declare({ version: long })))[0]!, /at most 63 characters/);
  });
});
