import type * as pulumi from "@pulumi/pulumi";
import { Job } from "@pulumi/kubernetes/batch/v1/job.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import type { Connection } from "../data/connection.ts";
import { withDefaults } from "../defaults.ts";
import { unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { contentName } from "./naming.ts";
import { certificateFiles, containerSecurity, podSecurity, secretVariables } from "./pod-template.ts";
import type { PodTemplateParts } from "./pod-template.ts";

/** Scripts that change the database; they run before the first pod of an image, and again when anything of them changes. */
export interface MigrationArgs {
  /** Arguments of the image's program, at least one: the program must not serve. */
  args: string[];
  /** The database, as its owner; usually `PostgresCluster.migrationConnection`. */
  connection: Connection;
  /** Seconds that a statement waits for a lock that the running version holds; at most 5. @default 5 (AUD-EXEC-02, CV-DB-04) */
  lockTimeoutSeconds?: number;
  /** Seconds in which the migration must have succeeded, the start of a new database included. @default 600 (CV-DB-04) */
  deadlineSeconds?: number;
}

export const migrationDefaults = deepFrozen({
  component: "migrate",
  lockTimeoutSeconds: 5,
  deadlineSeconds: 600,
  /** It serves nobody: less than what the checklists give to a service. */
  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
});

/** Problems of a migration. */
export function migrationProblems(path: string, migration: MigrationArgs): Problem[] {
  const { lockTimeoutSeconds, deadlineSeconds } = { ...migrationDefaults, ...migration };
  return [
    ...unless(
      migration.args.length > 0,
      `${path}.args`,
      "",
      "at least one argument is needed, or the program would serve (CV-DB-04)",
    ),
    ...wholeNumber(`${path}.lockTimeoutSeconds`, lockTimeoutSeconds, {
      min: 1,
      max: migrationDefaults.lockTimeoutSeconds,
      items: "AUD-EXEC-02, CV-DB-04",
    }),
    ...wholeNumber(`${path}.deadlineSeconds`, deadlineSeconds, { min: 1, items: "CV-DB-04" }),
  ];
}

type Parts = Pick<PodTemplateParts, "image" | "priorityClassName" | "settingsName" | "serviceAccountName"> & {
  namespace: pulumi.Input<string>;
};

/**
 * The migration as a Job; its name follows from what it runs, so that every new image makes a new one. A Job cannot be changed:
 * with other settings the same one is deleted and made again. It tries again while the database is not there yet, and whatever
 * depends on it waits.
 */
export function migrationJob(
  name: string,
  workload: string,
  labels: { [label: string]: string },
  parts: Parts,
  migration: MigrationArgs,
  opts: pulumi.CustomResourceOptions,
): Job {
  const { args, connection, lockTimeoutSeconds, deadlineSeconds } = withDefaults(migration, {
    lockTimeoutSeconds: migrationDefaults.lockTimeoutSeconds,
    deadlineSeconds: migrationDefaults.deadlineSeconds,
  });
  const { component, resources } = migrationDefaults;
  const own = { ...labels, "app.kubernetes.io/component": component };
  const certificates = certificateFiles(connection.certificates);
  const settings = {
    ...connection.settings,
    PGOPTIONS: `-c lock_timeout=${lockTimeoutSeconds}s`, // AUD-EXEC-02, CV-DB-04
  };
  return new Job(
    `${name}-${component}`,
    {
      metadata: {
        name: contentName(`${workload}-${component}`, { image: parts.image, args: JSON.stringify(args), ...settings }),
        namespace: parts.namespace,
        labels: own,
      },
      spec: {
        backoffLimit: 20,
        activeDeadlineSeconds: deadlineSeconds,
        template: {
          metadata: { labels: own },
          spec: {
            restartPolicy: "OnFailure",
            serviceAccountName: parts.serviceAccountName,
            automountServiceAccountToken: false, // AUD-SEC-05
            enableServiceLinks: false,
            priorityClassName: parts.priorityClassName,
            securityContext: podSecurity(),
            containers: [
              {
                name: component,
                image: parts.image,
                imagePullPolicy: "IfNotPresent",
                args,
                envFrom: [{ configMapRef: { name: parts.settingsName } }],
                env: [
                  ...Object.entries(settings).map(([variable, value]) => ({ name: variable, value })),
                  ...secretVariables(connection.secrets),
                ],
                resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
                securityContext: containerSecurity,
                volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...certificates.volumeMounts],
              },
            ],
            volumes: [{ name: "tmp", emptyDir: { sizeLimit: "512Mi" } }, ...certificates.volumes],
          },
        },
      },
    },
    { ...opts, customTimeouts: { create: `${deadlineSeconds + 60}s` } },
  );
}
