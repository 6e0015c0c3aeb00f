// S3 buckets and the resources beside them, each of which is about one bucket.
import { targetOf } from "./cloud.ts";
import type { CloudResource, Target } from "./cloud.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { Undecidable } from "./value.ts";
import type { Value } from "./value.ts";
import { bucketPurposes } from "../limits.ts";

const s3 = (name: string) => {
  const token = `aws:s3/${name[0]?.toLowerCase()}${name.slice(1)}`;
  // The provider had a second form of most of them, with V2 in its name.
  return [`${token}:${name}`, `${token}V2:${name}V2`];
};

export const bucketTypes: readonly string[] = s3("Bucket");
export const bucketPolicyTypes: readonly string[] = s3("BucketPolicy");

const sideNames = [
  "BucketAcl",
  "BucketLifecycleConfiguration",
  "BucketLogging",
  "BucketObjectLockConfiguration",
  "BucketOwnershipControls",
  "BucketPolicy",
  "BucketPublicAccessBlock",
  "BucketReplicationConfig",
  "BucketServerSideEncryptionConfiguration",
  "BucketVersioning",
  "BucketWebsiteConfiguration",
] as const;
export type Side = (typeof sideNames)[number];

export class Bucket implements Target {
  readonly cloud: CloudResource;
  readonly #all: () => Buckets;

  constructor(cloud: CloudResource, all: () => Buckets) {
    this.cloud = cloud;
    this.#all = all;
  }

  get resource(): CloudResource["resource"] {
    return this.cloud.resource;
  }

  get title(): string {
    return this.cloud.title;
  }

  /** What it is called, where the program says so. */
  get name(): string | undefined {
    const name = this.cloud.props.get("bucket");
    return name.isText ? name.string() : undefined;
  }

  get names(): readonly string[] {
    return this.name === undefined ? [] : [this.name, `arn:aws:s3:::${this.name}`];
  }

  get region(): string | undefined {
    return this.cloud.props.get("region").string() ?? this.resource.region;
  }

  /** What it says that it is for. */
  get purpose(): string | undefined {
    return this.cloud.tag("apg:purpose");
  }

  /** The side resources of a sort that are about it. */
  sides(name: Side): CloudResource[] {
    return this.#all().sidesOf(this, name);
  }

  /** Whether it takes other buckets' access logs: by its tag, or because one of them says so. */
  get takesLogs(): boolean {
    return bucketPurposes.logs.includes(this.purpose ?? "") || this.#all().logs.has(this);
  }

  /** Whether it is where another one is copied to. */
  get isReplica(): boolean {
    return bucketPurposes.replicas.includes(this.purpose ?? "") || this.#all().replicas.has(this);
  }

  /** Whether it holds data of its own, neither copies nor logs. */
  get holdsData(): boolean {
    return !this.takesLogs && !this.isReplica;
  }

  /** Where the enabled rules of a replication copy it to. */
  destinations(side: CloudResource): Destination[] {
    return destinationsOf(side, this.#all().list);
  }
}

/** All buckets of a stack, and what is beside them, each looked up once. */
class Buckets {
  readonly list: readonly Bucket[];
  readonly #stack: PlannedStack;
  readonly #sides = new Map<Side, ReadonlyMap<Bucket | "open", CloudResource[]>>();
  #logs: ReadonlySet<Bucket> | undefined;
  #replicas: ReadonlySet<Bucket> | undefined;

  constructor(stack: PlannedStack) {
    this.#stack = stack;
    this.list = stack.ofType(...bucketTypes).map((cloud) => new Bucket(cloud, () => this));
  }

  /** Where nobody knows whose one is, whether a bucket without any has none is undecidable. */
  sidesOf(bucket: Bucket, name: Side): CloudResource[] {
    let found = this.#sides.get(name);
    if (found === undefined) this.#sides.set(name, (found = this.#group(name)));
    const [own = [], [open] = []] = [found.get(bucket), found.get("open")];
    if (own.length === 0 && open !== undefined) throw new Undecidable(open.resource, "bucket");
    return own;
  }

  get logs(): ReadonlySet<Bucket> {
    return (this.#logs ??= new Set(
      this.#stack.ofType(...s3("BucketLogging")).flatMap((side) => {
        const found = targetOf(side, "targetBucket", this.list);
        return found === undefined || found === "none" ? [] : [found];
      }),
    ));
  }

  get replicas(): ReadonlySet<Bucket> {
    return (this.#replicas ??= new Set(
      this.#stack
        .ofType(...s3("BucketReplicationConfig"))
        .flatMap((side) => destinationsOf(side, this.list).flatMap(({ bucket }) => bucket ?? [])),
    ));
  }

  #group(name: Side): ReadonlyMap<Bucket | "open", CloudResource[]> {
    const others = this.#stack.ofType(...sideNames.flatMap(s3));
    const groups = new Map<Bucket | "open", CloudResource[]>();
    for (const side of this.#stack.ofType(...s3(name))) {
      const found = targetOf(side, "bucket", this.list, others) ?? "open";
      if (found !== "none") groups.set(found, [...(groups.get(found) ?? []), side]);
    }
    return groups;
  }
}

const known = new WeakMap<PlannedStack, Buckets>();

export function bucketsOf(stack: PlannedStack): readonly Bucket[] {
  let all = known.get(stack);
  if (all === undefined) known.set(stack, (all = new Buckets(stack)));
  return all.list;
}

export interface Destination {
  readonly rule: Value;
  /** Where copies go; undefined when it is none of the planned buckets. */
  readonly bucket: Bucket | undefined;
  readonly text: string;
}

/** Where the enabled rules of a replication copy to. A place that nobody knows yet is the only other bucket it came from. */
function destinationsOf(side: CloudResource, buckets: readonly Bucket[]): Destination[] {
  return side.props
    .get("rules")
    .list()
    .filter((rule) => rule.get("status").string() === "Enabled")
    .map((rule) => {
      const value = rule.at("destination.bucket");
      if (value.isKnown) {
        const text = value.string() ?? "";
        return { rule, text, bucket: buckets.find(({ names }) => names.includes(text)) };
      }
      const source = targetOf(side, "bucket", buckets);
      const urns = side.sourcesOf("rules");
      const found = buckets.filter((each) => each !== source && urns.includes(each.resource.urn));
      if (found.length !== 1) throw new Undecidable(side.resource, value.path);
      return { rule, text: found[0]!.title, bucket: found[0] };
    });
}
