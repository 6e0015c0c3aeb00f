import { dayOf } from "../../../checklist/dates.ts";
import { thresholds } from "../../../checklist/thresholds.ts";
import { unless } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { addonVersions } from "./addon-versions.ts";

const standardSupport: Readonly<Record<string, string>> = thresholds.cluster.standardSupport;

/** Minor release of a version such as 1.35; undefined when it is none. */
export function minorOf(version: string): number | undefined {
  const match = /^1\.(\d{1,3})$/.exec(version);
  return match === null ? undefined : Number(match[1]);
}

/** What is wrong with a cluster's version on a day: too old, out of standard support, or unknown (CV-KUBE-01). */
export function versionProblems(path: string, version: string, today: string = dayOf()): Problem[] {
  const { minVersion } = thresholds.cluster;
  const minor = minorOf(version);
  if (minor === undefined)
    return unless(false, path, version, "a version of Kubernetes such as 1.35 is accepted (CV-KUBE-01)");
  if (minor < minorOf(minVersion)!)
    return unless(false, path, version, `${minVersion} or later is needed (CV-KUBE-01)`);
  const supported = Object.keys(standardSupport).filter(
    (known) => standardSupport[known]! >= today && addonVersions[known] !== undefined,
  );
  const end = standardSupport[version];
  if (end !== undefined && end < today)
    return unless(
      false,
      path,
      version,
      `its standard support ended on ${end}; ${listed(supported)} accepted (CV-KUBE-01)`,
    );
  return unless(supported.includes(version), path, version, `${listed(supported)} accepted (CV-KUBE-01)`);
}

function listed(versions: string[]): string {
  if (versions.length === 0) return "none of the versions known here is in standard support any more, and none is";
  return `${versions.join(" and ")} ${versions.length === 1 ? "is" : "are"}`;
}
