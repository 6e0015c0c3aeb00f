import { custom } from "../custom.ts";
import type { Parts } from "../parts.ts";
import { postgresBackupDefaults } from "./args.ts";
import type { GivenPostgres } from "./args.ts";
import { archivesOf, backupMethod, storeConfiguration } from "./archive.ts";
import * as names from "./names.ts";

/** The plugin's descriptions of the archives, where there is the plugin, and the daily base backup (AUD-DB-03, CV-DB-03). */
export function backups(cluster: Parts<GivenPostgres>): void {
  const { clusterName, backup, deletionProtection } = cluster.args;
  const { own, origin, method } = archivesOf(cluster.args);
  const retentionDays = backup?.retentionDays ?? postgresBackupDefaults.retentionDays;
  const archives = method === "plugin" ? Object.entries({ own, origin }) : [];
  for (const [of, archive] of archives) {
    if (archive === undefined) continue;
    custom(
      `${cluster.name}-archive-${of}`,
      "barmancloud.cnpg.io/v1",
      "ObjectStore",
      cluster.metadata(names.objectStore(clusterName, of as "own" | "origin"), "postgres"),
      {
        configuration: storeConfiguration(archive),
        // What another cluster wrote is not ours to remove.
        ...(of === "own" && { retentionPolicy: `${retentionDays}d` }),
        ...(archive.store.endpoint === undefined && {
          instanceSidecarConfiguration: { env: [{ name: "AWS_DEFAULT_REGION", value: archive.store.region }] },
        }),
      },
      { ...cluster.child, protect: deletionProtection },
    );
  }
  if (own === undefined) return;
  custom(
    `${cluster.name}-base-backup`,
    names.api,
    "ScheduledBackup",
    cluster.metadata(`${clusterName}-base`, "postgres"),
    {
      cluster: { name: clusterName },
      schedule: backup?.schedule ?? postgresBackupDefaults.schedule,
      immediate: true, // CV-CUT-07: the first backup is there before the first user.
      suspend: false,
      backupOwnerReference: "self",
      ...backupMethod(method),
    },
    cluster.child,
  );
}
