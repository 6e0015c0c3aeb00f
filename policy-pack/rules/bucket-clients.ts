// Where an application finds its objects: the bucket that the stack makes, by configuration, under an identity of its own.
import { notConcerned, stackRule } from "../lib/define.ts";
import { bucketsOf } from "../lib/buckets.ts";
import type { Bucket } from "../lib/buckets.ts";
import { applications, ApplicationSettings } from "../lib/environment.ts";
import { capabilityOf } from "../lib/namespaces.ts";
import { podOf } from "../lib/pod.ts";
import { bucketPurposes } from "../limits.ts";

const variables = { bucket: "S3_BUCKET", region: "S3_REGION", server: "S3_ENDPOINT" } as const;

export const applicationsKnowTheirBucket = stackRule({
  name: "applications-know-their-bucket",
  decides: ["CV-ENV-03"],
  severity: "medium",
  description:
    "An application's settings name a bucket of data of its stack and that bucket's region, and its service account has an " +
    "identity to reach it.",
  fix: `Set ${variables.bucket} and ${variables.region} to a planned Bucket's, and declare a PodIdentityAssociation for the pods' service account.`,
  subjects: applications,
  check: (application, stack, complain) => {
    const pod = podOf(application);
    if (pod === undefined) return notConcerned;
    const settings = new ApplicationSettings(stack, pod);
    const valueOf = (name: string) => settings.values(name)[0]?.value;
    const capability = capabilityOf(stack, application.namespace);
    const buckets = bucketsOf(stack).filter(
      (bucket) => keepsData(bucket) && [undefined, capability].includes(bucket.cloud.tag("apg:capability")),
    );
    const name = valueOf(variables.bucket);
    // Another server than AWS' has users with keys, which another rule speaks of.
    if (valueOf(variables.server) !== undefined || (buckets.length === 0 && name === undefined)) return notConcerned;
    const own = buckets.find((bucket) => bucket.name === name);
    if (name === undefined) complain(`${application.title} does not know its bucket: set ${variables.bucket}.`);
    else if (own === undefined)
      complain(`${application.title} uses the bucket ${name}, which this stack does not declare: declare it.`);
    else if (valueOf(variables.region) !== own.region)
      complain(
        `${application.title} looks for ${own.title} in ${valueOf(variables.region) ?? "no region"}: set ` +
          `${variables.region} to ${own.region ?? "the bucket's"}.`,
      );
    const account = pod.spec.get("serviceAccountName").string() ?? "default";
    const identities = stack
      .ofType("aws:eks/podIdentityAssociation:PodIdentityAssociation")
      .filter(
        ({ props }) =>
          props.get("serviceAccount").string() === account && props.get("namespace").string() === application.namespace,
      );
    if (identities.length === 0)
      complain(
        `${application.title} has no identity to reach its bucket by: declare a PodIdentityAssociation for the service ` +
          `account ${account}.`,
      );
    return undefined;
  },
});

/** What an application puts its own objects into. */
function keepsData({ holdsData, purpose }: Bucket): boolean {
  return holdsData && !bucketPurposes.backups.includes(purpose ?? "");
}
