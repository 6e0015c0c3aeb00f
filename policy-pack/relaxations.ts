// Where less is asked than the strict settings, as data: rule, setting. The readiness report is strict always.
import type { Settings } from "./lib/rule.ts";

type Relaxations = Readonly<Record<string, Settings>>;

/** In every preview, which sees one stack: what another stack may hold. The readiness report sees all of them together. */
export const everywhere: Relaxations = {
  "the-cluster-refuses-unsafe-pods": { acceptReferencedFoundation: true },
};

/** By environment, on top of that. An environment that is not here is held to the strict settings. */
export const relaxations: Readonly<Record<string, Relaxations>> = {
  // The sandbox has no registry that would give an image its digest.
  sandbox: { "images-are-pinned": { requireDigest: false } },
};
