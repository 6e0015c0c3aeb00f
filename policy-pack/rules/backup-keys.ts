// The key of the backups: another one than the data's, for those who back up alone, and with a copy in the second region.
import { stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import { bucketsOf } from "../lib/buckets.ts";
import type { Bucket } from "../lib/buckets.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { keysFor, keysOf, keyType, replicaType } from "../lib/keys.ts";
import type { Key } from "../lib/keys.ts";
import { actionsOf, principalsOf, statementsOf } from "../lib/policy-document.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { bucketPurposes } from "../limits.ts";

const isBackup = ({ purpose }: Bucket) => bucketPurposes.backups.includes(purpose ?? "");

export const backupsHaveTheirOwnKey = stackRule<Bucket>({
  name: "backups-have-a-key-of-their-own",
  decides: ["CV-DATA-07"],
  severity: "high",
  description:
    "Every bucket of backups is encrypted by a key that no data is encrypted by, that has a copy in another region, and " +
    "that only roles of backups may use.",
  fix:
    "Declare a Key for the bucket with multiRegion true and a policy that names the backups' roles alone, and a ReplicaKey " +
    "of it in the other region.",
  subjects: (stack) => bucketsOf(stack).filter(isBackup),
  check: (bucket, stack, complain) => {
    const keys = keysOf(stack);
    const own = keysFor(bucket, keys);
    const data = bucketsOf(stack).filter((each) => !isBackup(each));
    for (const key of own) {
      if (key === "none") {
        complain(`${bucket.title} is encrypted by a key that this stack does not declare: declare the Key.`);
        continue;
      }
      const { title } = key.cloud;
      const sharing = data.filter((each) => keysFor(each, keys).includes(key));
      if (sharing.length > 0)
        complain(`${title} of ${bucket.title} also encrypts ${sharing[0]!.title}: give backups a key of their own.`);
      // A copy in another region is of one that says so.
      if (key.cloud.type === keyType && !hasCopy(stack, key))
        complain(
          `${title} of ${bucket.title} is in one region only: set multiRegion to true, and declare a ReplicaKey.`,
        );
      judgePolicy(key.cloud, complain);
    }
    if (own.length === 0) complain(`${bucket.title} is encrypted by no key of its own: set kmsMasterKeyId.`);
    return undefined;
  },
});

function hasCopy(stack: PlannedStack, { cloud, resource }: Key): boolean {
  const copies = stack.ofType(replicaType).filter((copy) => copy.sourcesOf("primaryKeyArn").includes(resource.urn));
  return cloud.props.get("multiRegion").boolean() === true && copies.length > 0;
}

/** What decrypts, or gives others the right to. */
const uses = /^(\*|kms:(\*|decrypt|encrypt|generatedatakey.*|reencrypt.*|creategrant))$/;

/** Roles of backups have the word in their name; so whoever reads the policy sees that no other is in it. */
const ofBackups = /^arn:aws[\w-]*:iam::\d{12}:role\/.*\b(backup|backups|velero)\b/;

function judgePolicy({ title, props }: CloudResource, complain: Complain): void {
  const policy = props.get("policy");
  if (!policy.isGiven) {
    complain(`${title} may be used by all of the account: set policy, and name the backups' roles in it.`);
    return;
  }
  for (const statement of statementsOf(policy)) {
    if (!statement.allows || !actionsOf(statement).some((action) => uses.test(action))) continue;
    const others = statement.value.get("NotPrincipal").isGiven
      ? ["everybody but some"]
      : principalsOf(statement).filter((principal) => !ofBackups.test(principal));
    for (const other of others)
      complain(`${title} may be used by ${other} in ${statement.title}: let only roles of backups use it.`);
  }
}
