// Where less is asked than the strict settings, as data: rule, setting. The readiness report is strict always.
import type { Settings } from "./lib/rule.ts";

type Relaxations = Readonly<Record<string, Settings>>;

/** Where stack config names another stack's foundation: what that stack holds. The readiness report sees both together. */
export const withReferencedFoundation: Relaxations = {
  "the-cluster-refuses-unsafe-pods": { acceptReferencedFoundation: true },
  "application-namespaces-are-in-the-mesh": { acceptNone: true },
};

/** Only another service can make a new key of its own, so people put it in; all that is generated rotates (CV-SECRET-02). */
const othersKeys: Relaxations = { "secrets-rotate": { acceptKeysOfOthers: true } };

/** By environment, on top of that. An environment that is not here is held to the strict settings. */
export const relaxations: Readonly<Record<string, Relaxations>> = {
  staging: othersKeys,
  prod: othersKeys,
  sandbox: {
    // It has no registry that would give an image its digest.
    "images-are-pinned": { requireDigest: false },
    // Its images are of Debian's packages, whose minor release moves with their fixes.
    "database-images-are-pinned": { requireDigest: false, requireMinor: false },
    // Its S3-compatible server knows users with keys, and no identity of pods and no KMS.
    "pods-hold-no-cloud-keys": { acceptStoredKeys: true },
    "postgres-encrypts-its-archive": { acceptUnencrypted: true },
    // It has no cloud store: the program's own Secrets hold what it generates, and what the server's owner keeps there.
    "secrets-are-not-the-programs": { acceptDeclared: true },
    "pods-take-secrets-from-the-store": { acceptOthers: true },
    "database-addresses-name-the-pooler": { acceptDeclared: true },
    "cache-addresses-use-tls": { acceptDeclared: true },
    // It has no mesh: its pods speak TLS where they do by themselves.
    "application-namespaces-are-in-the-mesh": { acceptNone: true },
    // It has no Velero: what is in its namespaces is in the program.
    "namespaces-with-data-are-backed-up-daily": { acceptNone: true },
    "applications-wait-for-their-release-backup": { acceptDatabaseAlone: true },
  },
};
