import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { ttlOf } from "../data/backup/cluster-state.ts";
import { custom } from "../data/custom.ts";
import type { KeyBackupArgs } from "./args.ts";
import { platformLabels } from "./issuers.ts";
import { certManager, edgeNames } from "./names.ts";

export const keyBackupDefaults = deepFrozen({ namespace: "velero", schedule: "10 1 * * *" });

/** Declares that the keys of authorities and accounts are copied every day, with cert-manager's namespace (CV-TLS-08). */
export function keyBackup(
  name: string,
  environment: string,
  given: KeyBackupArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  custom(
    `${name}-issuers`,
    "velero.io/v1",
    "Schedule",
    {
      name: `${edgeNames(environment).prefix}-issuers`,
      namespace: given.namespace ?? keyBackupDefaults.namespace,
      labels: platformLabels,
    },
    {
      schedule: given.schedule ?? keyBackupDefaults.schedule,
      useOwnerReferencesInBackup: false,
      template: {
        includedNamespaces: [certManager.namespace],
        storageLocation: given.storageLocation,
        snapshotVolumes: false,
        ttl: ttlOf(thresholds.backup.minRetentionDays),
      },
    },
    opts,
  );
}
