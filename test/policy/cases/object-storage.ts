import { all, drop, find, set, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import type { RuleCases } from "./case.ts";

export const acme = "apg-audio-acme-test";
export const globex = "apg-audio-globex-inc-test";
const logs = "apg-audio-access-logs-test";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A side resource whose bucket nobody knows, nor where it came from. */
export const adrift =
  (name: string): Change =>
  (stack) => {
    const found = find(stack, name);
    found.props.bucket = unknownText;
    delete found.propertyDependencies;
  };
export const undecidable = (who: string, path: string) =>
  `${who} cannot be decided at preview: ${path} is unknown; make it known, by a value from config or from an output that the provider gives at preview.`;

const lifecycle = "rules.0";
const standard = "rules.0.applyServerSideEncryptionByDefault";
const destination = "rules.0.destination";

export const objectStorageCases: RuleCases[] = [
  {
    rule: "buckets-block-public-access",
    of: "data",
    bad: [
      {
        when: "nothing blocks it",
        change: drop(`${globex}-block`),
        on: globex,
        says: [`Bucket "${globex}" may be opened to the public: declare a BucketPublicAccessBlock that names it.`],
      },
      {
        when: "two switches are off",
        change: all(set(`${acme}-block`, "blockPublicPolicy", false), unset(`${acme}-block`, "restrictPublicBuckets")),
        on: acme,
        says: [
          `BucketPublicAccessBlock "${acme}-block" lets Bucket "${acme}" be public: set blockPublicPolicy, restrictPublicBuckets to true.`,
        ],
      },
      {
        when: "nobody can say whose the block is",
        change: adrift(`${globex}-block`),
        on: `${globex}-block`,
        says: [undecidable(`BucketPublicAccessBlock "${globex}-block"`, "bucket")],
      },
    ],
  },
  {
    rule: "buckets-are-their-owners-alone",
    of: "data",
    bad: [
      {
        when: "the bucket is public, and a website",
        change: all(set(globex, "acl", "public-read"), set(globex, "website", { indexDocument: "index.html" })),
        on: globex,
        says: [
          `Bucket "${globex}" makes Bucket "${globex}" public-read: remove acl.`,
          `Bucket "${globex}" is a website by itself: deliver it by a Distribution of CloudFront.`,
        ],
      },
      {
        when: "writers own what they write",
        change: set(`${acme}-owner`, "rule.objectOwnership", "ObjectWriter"),
        on: acme,
        says: [
          `BucketOwnershipControls "${acme}-owner" gives objects in Bucket "${acme}" other owners: set objectOwnership to BucketOwnerEnforced.`,
        ],
      },
    ],
  },
  {
    rule: "buckets-are-encrypted-with-a-key-of-their-own",
    of: "data",
    good: [
      {
        when: "the key is not known yet",
        change: set(`${acme}-encryption`, `${standard}.kmsMasterKeyId`, unknownText),
      },
      {
        when: "S3 encrypts access logs itself",
        change: set(`${logs}-encryption`, standard, { sseAlgorithm: "AES256" }),
      },
    ],
    bad: [
      {
        when: "S3 encrypts it itself",
        change: set(`${acme}-encryption`, standard, { sseAlgorithm: "AES256" }),
        on: acme,
        says: [
          `BucketServerSideEncryptionConfiguration "${acme}-encryption" encrypts no new objects by KMS in Bucket "${acme}": set sseAlgorithm to aws:kms.`,
        ],
      },
      {
        when: "the key is AWS' own, asked for every object",
        change: all(
          unset(`${acme}-encryption`, `${standard}.kmsMasterKeyId`),
          unset(`${acme}-encryption`, "rules.0.bucketKeyEnabled"),
        ),
        on: acme,
        says: [
          `BucketServerSideEncryptionConfiguration "${acme}-encryption" uses AWS' own key for Bucket "${acme}": set kmsMasterKeyId to a customer managed key.`,
          `BucketServerSideEncryptionConfiguration "${acme}-encryption" asks KMS for every object of Bucket "${acme}": set bucketKeyEnabled to true.`,
        ],
      },
      {
        when: "there is no configuration",
        change: drop(`${acme}-encryption`),
        on: acme,
        says: [
          `Bucket "${acme}" is not encrypted with a key of its own: declare a BucketServerSideEncryptionConfiguration that names it.`,
        ],
      },
    ],
  },
  {
    rule: "buckets-keep-versions",
    of: "data",
    bad: [
      {
        when: "they are suspended",
        change: set(`${acme}-versions`, "versioningConfiguration.status", "Suspended"),
        on: acme,
        says: [`BucketVersioning "${acme}-versions" switches versions of Bucket "${acme}" off: set status to Enabled.`],
      },
      {
        when: "nobody says",
        change: drop(`${logs}-versions`),
        on: logs,
        says: [`Bucket "${logs}" keeps no versions: declare a BucketVersioning that names it.`],
      },
    ],
  },
  {
    rule: "buckets-belong-to-one-tenant",
    of: "data",
    bad: [
      {
        when: "one says nothing",
        change: all(unset(globex, ["tags", "apg:tenant"]), set("config", "configured.tenants", ["acme"])),
        on: globex,
        says: [`Bucket "${globex}" does not say whose it is: set the tag apg:tenant to one tenant.`],
      },
      {
        when: "it is called after another",
        change: all(set(globex, ["tags", "apg:tenant"], "initech"), set("config", "configured.tenants", ["acme"])),
        on: globex,
        says: [`Bucket "${globex}" is called ${globex} and belongs to initech: put the tenant into its name.`],
      },
      {
        when: "a tenant has none",
        change: set("config", "configured.tenants", ["acme", "Globex Inc", "initech"]),
        on: acme,
        says: [`The tenant initech has no bucket beside Bucket "${acme}": declare one with the tag apg:tenant.`],
      },
    ],
  },
  {
    rule: "buckets-and-secrets-say-their-data-class",
    of: "data",
    bad: [
      {
        when: "a bucket does not",
        change: unset(acme, "tags.data-class"),
        on: acme,
        says: [
          `Bucket "${acme}" does not say how sensitive it is: set the tag data-class to one of public, internal, confidential, restricted.`,
        ],
      },
      {
        when: "a secret has one that there is not",
        change: set("provider-key", "tags.data-class", "top"),
        on: "provider-key",
        says: [
          'Secret "provider-key" does not say how sensitive it is: set the tag data-class to one of public, internal, confidential, restricted.',
        ],
      },
    ],
  },
  {
    rule: "buckets-keep-old-versions-for-a-month",
    of: "data",
    bad: [
      {
        when: "it is a year",
        change: set(`${acme}-lifecycle`, `${lifecycle}.noncurrentVersionExpiration.noncurrentDays`, 365),
        on: acme,
        says: [
          `Bucket "${acme}" keeps old versions for 365 days: set noncurrentVersionExpiration.noncurrentDays to 30 in a rule for the whole bucket.`,
        ],
      },
      {
        when: "the rule is for a part, or off",
        change: all(
          set(`${acme}-lifecycle`, `${lifecycle}.filter.prefix`, "tmp/"),
          set(`${acme}-lifecycle`, "rules.1", {
            status: "Disabled",
            noncurrentVersionExpiration: { noncurrentDays: 30 },
          }),
        ),
        on: acme,
        says: [
          `Bucket "${acme}" keeps old versions for ever: set noncurrentVersionExpiration.noncurrentDays to 30 in a rule for the whole bucket.`,
        ],
      },
    ],
  },
  {
    rule: "buckets-clean-up-by-rule",
    of: "data",
    bad: [
      {
        when: "there is no rule",
        change: drop(`${acme}-lifecycle`),
        on: acme,
        says: [
          `Bucket "${acme}" is never cleaned up: declare a BucketLifecycleConfiguration with an enabled rule for the whole bucket.`,
        ],
      },
      {
        when: "it keeps everything",
        change: set(`${acme}-lifecycle`, lifecycle, { status: "Enabled" }),
        on: acme,
        says: [
          `Bucket "${acme}" keeps unfinished uploads: set abortIncompleteMultipartUpload.daysAfterInitiation to at most 7.`,
          `Bucket "${acme}" keeps cold objects where they are dear: set transitions.`,
          `Bucket "${acme}" keeps objects for ever: set expiration.days.`,
        ],
      },
      {
        when: "the class has another time",
        change: all(
          set("config", "configured.retention.confidential", 90),
          set(globex, ["tags", "data-class"], "internal"),
        ),
        on: acme,
        says: [
          `Bucket "${acme}" keeps confidential data for 365 days and the stack says 90: set expiration.days to 90.`,
        ],
      },
    ],
  },
  {
    rule: "buckets-are-copied-to-another-region",
    of: "data",
    good: [
      {
        when: "the provider says the regions",
        change: (stack) => {
          unset(`${globex}-dr`, "region")(stack);
          find(stack, `${globex}-dr`).region = "eu-west-1";
        },
      },
    ],
    bad: [
      {
        when: "it is in one",
        change: all(drop(`${acme}-replication`), set(`${acme}-dr`, ["tags", "apg:purpose"], "replica")),
        on: acme,
        says: [`Bucket "${acme}" is in one region only: declare a BucketReplicationConfig with an enabled rule.`],
      },
      {
        when: "the copy is beside it",
        change: set(`${globex}-dr`, "region", "eu-central-1"),
        on: globex,
        says: [
          `BucketReplicationConfig "${globex}-replication" copies Bucket "${globex}" within eu-central-1: choose a bucket in another region.`,
        ],
      },
      {
        when: "nobody says where the copy is",
        change: unset(`${globex}-dr`, "region"),
        on: globex,
        says: [
          `BucketReplicationConfig "${globex}-replication" copies Bucket "${globex}" to Bucket "${globex}-dr", and one of them does not say where it is: set region on both.`,
        ],
      },
      {
        when: "it is another stack's, without key and time",
        change: all(
          set(`${globex}-replication`, destination, { bucket: "arn:aws:s3:::elsewhere" }),
          set(`${globex}-dr`, ["tags", "apg:purpose"], "replica"),
        ),
        on: globex,
        says: [
          `BucketReplicationConfig "${globex}-replication" copies Bucket "${globex}" to arn:aws:s3:::elsewhere, which this stack does not declare: declare the bucket with its region.`,
          `BucketReplicationConfig "${globex}-replication" copies Bucket "${globex}" without a key: set destination.encryptionConfiguration.replicaKmsKeyId.`,
          `BucketReplicationConfig "${globex}-replication" copies Bucket "${globex}" in no time that is measured: set destination.replicationTime and destination.metrics with 15 minutes.`,
        ],
      },
    ],
  },
  {
    rule: "distributions-alone-read-their-buckets",
    of: "data",
    good: [
      {
        when: "an origin is no bucket",
        change: set("delivery", "origins.1", { originId: "api", domainName: "api.test", customOriginConfig: {} }),
      },
    ],
    bad: [
      {
        when: "it is open, over any TLS, and behind nothing",
        change: all(
          unset("delivery", "origins.0.originAccessControlId"),
          set("delivery", "defaultCacheBehavior.viewerProtocolPolicy", "allow-all"),
          set("delivery", "viewerCertificate", { cloudfrontDefaultCertificate: true }),
          unset("delivery", "webAclId"),
        ),
        on: "delivery",
        says: [
          'Distribution "delivery" reads a bucket as anybody could: set originAccessControlId on the origin.',
          'Distribution "delivery" answers without TLS: set viewerProtocolPolicy to redirect-to-https.',
          'Distribution "delivery" speaks old TLS: set viewerCertificate.minimumProtocolVersion to TLSv1.3_2025.',
          'Distribution "delivery" has no firewall: set webAclId.',
        ],
      },
    ],
  },
];
