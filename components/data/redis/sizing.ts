// Sizes and numbers of a group, from what is given. Pure functions.
import { billion, parseAmount } from "../../../checklist/quantity.ts";
import { thresholds } from "../../../checklist/thresholds.ts";

const kibi = 1024n;
const mebi = kibi * kibi;
const units = { gb: mebi * kibi, mb: mebi, kb: kibi };

/** Bytes of a quantity; 0 when it is none. */
export function bytesOf(quantity: string): bigint {
  return (parseAmount(quantity) ?? 0n) / billion;
}

/**
 * Memory for data in a container with that limit, in bytes: what is above it is for the pages that change while a snapshot
 * is written, and for buffers (AUD-CACHE-05). Whole megabytes, where it is one at least.
 */
export function maxmemoryOf(limit: bigint): bigint {
  const share = (limit * 100n) / BigInt(Math.round(thresholds.redis.memoryHeadroom * 100));
  return share < mebi ? share : share - (share % mebi);
}

/** What a replica that was away for a moment catches up from, in bytes: a 64th of the data, from 1 to 64 MiB. */
export function backlogOf(maxmemory: bigint): bigint {
  const share = maxmemory / 64n;
  if (share < mebi) return mebi;
  return share > 64n * mebi ? 64n * mebi : share - (share % kibi);
}

/** A size as Redis writes it: "4gb", or bytes when no unit says it exactly. */
export function redisSize(bytes: bigint): string {
  const unit = Object.entries(units).find(([, size]) => bytes >= size && bytes % size === 0n);
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}

/** Fewest Sentinels that are more than half: with fewer, two parts of a split network could each promote a replica. */
export function majorityOf(sentinels: number): number {
  return Math.floor(sentinels / 2) + 1;
}
