// Stacks that obey every rule: an application by itself, and one with all its data beside it.
import { goodApplication } from "./good-application.ts";
import { goodBuckets, mainBucket } from "./good-buckets.ts";
import { goodEdge } from "./good-edge.ts";
import { goodFoundation } from "./good-foundation.ts";
import { goodPostgres } from "./good-postgres.ts";
import { goodRedis } from "./good-redis.ts";
import { goodSecrets } from "./good-secrets.ts";
import { goodSecurity } from "./good-security.ts";
import { metadata, resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

export { digest, resource } from "./resource.ts";
export type { FixtureResource, Json } from "./resource.ts";

/** The tenants of the stack, and its targets, as config has them. */
const config = resource("pulumi:pulumi:Stack", "config", {
  configured: {
    tenants: ["acme", "Globex Inc"],
    backup: { rtoMinutes: 15, rpoMinutes: 5 },
    retention: { confidential: 365 },
  },
});

/** Room for the data's pods as well. */
const roomForData: readonly FixtureResource[] = [
  resource("core/v1:ResourceQuota", "quota", {
    metadata: metadata("quota"),
    spec: {
      hard: {
        "requests.cpu": "12",
        "requests.memory": "40Gi",
        "limits.cpu": "40",
        "limits.memory": "75Gi",
        pods: "27",
        persistentvolumeclaims: 12,
      },
    },
  }),
  resource("core/v1:LimitRange", "limits", {
    metadata: metadata("limits"),
    spec: { limits: [{ type: "Pod", max: { cpu: "2", memory: "5Gi" } }] },
  }),
];

/** The Deployment waits for its migrations, and they for the release's backups. */
const backups = goodPostgres.filter(({ name }) => ["release-backup", "release-state"].includes(name));
const migration = {
  ...resource("batch/v1:JobPatch", "migration", { metadata: metadata("api-migrate") }),
  dependencies: backups.map(({ urn }) => urn),
};

/** Parts of a platform, each by itself. */
const platform = { foundation: goodFoundation, edge: goodEdge, security: goodSecurity, secrets: goodSecrets };
export type PlatformPart = keyof typeof platform;
export const platformParts = Object.keys(platform) as PlatformPart[];

/** A part of the platform. */
export function goodPart(part: PlatformPart): FixtureResource[] {
  return copyOf(platform[part]);
}

/** The application by itself. A copy in which nothing is shared, so that a change stays where it is made. */
export function goodStack(): FixtureResource[] {
  return copyOf(goodApplication);
}

/** The application and all its data. */
export function goodDataStack(): FixtureResource[] {
  const others = goodApplication.filter(({ name }) => !roomForData.some((each) => each.name === name));
  const application = others.map((each) =>
    each.name === "settings"
      ? { ...each, props: { ...each.props, data: { ...(each.props.data as Json), ...mainBucket } } }
      : each.name === "deployment"
        ? { ...each, dependencies: [migration.urn] }
        : each,
  );
  return copyOf([config, ...application, migration, ...roomForData, ...goodPostgres, ...goodRedis, ...goodBuckets]);
}

function copyOf(resources: readonly FixtureResource[]): FixtureResource[] {
  return JSON.parse(JSON.stringify(resources)) as FixtureResource[];
}
