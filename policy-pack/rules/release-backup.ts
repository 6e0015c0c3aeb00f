// Before a release touches the data, what there is has been backed up under that release's name.
import { notConcerned, stackRule } from "../lib/define.ts";
import { awaitedBy } from "../lib/dependencies.ts";
import { applications } from "../lib/environment.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { podOf } from "../lib/pod.ts";
import { tagOf } from "../lib/postgres.ts";

const versionLabel = "app.kubernetes.io/version";

/**
 * The traffic switch of CV-CUT-07: traffic can only be switched to a release's pods, and the engine makes none of them
 * before the backups are there. So one rule decides both items.
 */
export const applicationsWaitForTheirBackup = stackRule({
  name: "applications-wait-for-their-release-backup",
  decides: ["AUD-PRE-04", "CV-CUT-07"],
  severity: "high",
  description:
    "Every application beside a Cluster waits for a Backup of the Cluster and one of its namespace by Velero, both named " +
    "after the application's version.",
  fix:
    "Declare a Backup of postgresql.cnpg.io and one of velero.io whose names end in the image's version, and let the " +
    "Deployment depend on both.",
  settings: {
    acceptDatabaseAlone: {
      type: "boolean",
      default: false,
      description: "Whether the database's backup is enough, where there is no Velero.",
    },
  },
  subjects: applications,
  check: (application, stack, complain, { acceptDatabaseAlone }) => {
    const clusters = stack.inNamespace(application.namespace, "Cluster");
    if (clusters.length === 0) return notConcerned;
    const version = versionOf(application);
    if (version === undefined) {
      complain(`${application.title} does not say which version it is: set the label ${versionLabel}.`);
      return undefined;
    }
    const awaited = awaitedBy(stack, application.resource);
    const judge = (what: string, backups: readonly KubernetesObject[]) => {
      const named = backups.filter(({ name }) => isNamedAfter(name, version));
      if (named.length === 0) {
        complain(
          `${application.title} replaces a version of which ${what} has no backup: declare a Backup whose name ends in ` +
            `${slug(version)}.`,
        );
      } else if (!named.some(({ resource }) => awaited.has(resource.urn))) {
        const names = named.map(({ title }) => title).join(" or ");
        complain(`${application.title} does not wait for ${names}: let it depend on it.`);
      }
    };
    for (const cluster of clusters) {
      judge(
        cluster.title,
        backupsIn(stack, "postgresql.cnpg.io").filter(
          ({ namespace, spec }) => namespace === cluster.namespace && spec.at("cluster.name").string() === cluster.name,
        ),
      );
    }
    if (acceptDatabaseAlone !== true) {
      judge(
        `the namespace ${application.namespace}`,
        backupsIn(stack, "velero.io").filter(({ spec }) =>
          spec.get("includedNamespaces").strings().includes(application.namespace),
        ),
      );
    }
    return undefined;
  },
});

function backupsIn(stack: PlannedStack, group: string): KubernetesObject[] {
  return stack.ofKind("Backup").filter((backup) => backup.group === group);
}

/** What the Deployment says of itself, or its first container's image. */
function versionOf(application: KubernetesObject): string | undefined {
  const image = podOf(application)?.containers[0]?.value.get("image").string();
  return application.label(versionLabel) ?? (image === undefined ? undefined : tagOf(image));
}

function isNamedAfter(name: string, version: string): boolean {
  return slug(name) === slug(version) || slug(name).endsWith(`-${slug(version)}`);
}

/** As names of objects can have it. */
function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
