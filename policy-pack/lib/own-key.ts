// Whether something is encrypted by a key of our own.
import type { Value } from "./value.ts";

/** An id that is not known yet is that of a key that is about to be made, so it is not AWS' own. */
export function isOwnKey(key: Value): boolean {
  if (!key.isGiven) return false;
  return !key.isKnown || !/(^|[:/])alias\/aws\//.test(key.string() ?? "");
}
