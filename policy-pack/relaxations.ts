// Where less is asked than the strict settings, as data: rule, setting. The readiness report is strict always.
import type { Settings } from "./lib/rule.ts";

type Relaxations = Readonly<Record<string, Settings>>;

/** Where stack config names another stack's foundation: what that stack holds. The readiness report sees both together. */
export const withReferencedFoundation: Relaxations = {
  "the-cluster-refuses-unsafe-pods": { acceptReferencedFoundation: true },
};

/** By environment, on top of that. An environment that is not here is held to the strict settings. */
export const relaxations: Readonly<Record<string, Relaxations>> = {
  // The sandbox has no registry that would give an image its digest.
  sandbox: { "images-are-pinned": { requireDigest: false } },
};
