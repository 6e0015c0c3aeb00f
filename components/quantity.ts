/**
 * Kubernetes quantities ("500m", "1Gi", "2") as whole thousandths, exactly. No provider or SDK is imported here.
 */

const multipliers: Readonly<Record<string, bigint>> = Object.freeze({
  m: 1n,
  "": 1000n,
  k: 1000n ** 2n,
  M: 1000n ** 3n,
  G: 1000n ** 4n,
  T: 1000n ** 5n,
  P: 1000n ** 6n,
  Ki: 1000n * 1024n,
  Mi: 1000n * 1024n ** 2n,
  Gi: 1000n * 1024n ** 3n,
  Ti: 1000n * 1024n ** 4n,
  Pi: 1000n * 1024n ** 5n,
});

/** The quantity in thousandths of its unit (millicores, thousandths of a byte), rounded up as Kubernetes does; undefined when it is none. */
export function thousandths(quantity: string): bigint | undefined {
  const match = /^(\d+)(?:\.(\d{1,18}))?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/.exec(quantity);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", suffix = ""] = match;
  const digits = BigInt(whole + fraction) * (multipliers[suffix] ?? 0n);
  const scale = 10n ** BigInt(fraction.length);
  return (digits + scale - 1n) / scale;
}

/** Millicores as the shortest quantity: "15", "500m". */
export function cpuQuantity(millicores: bigint): string {
  return millicores % 1000n === 0n ? String(millicores / 1000n) : `${millicores}m`;
}

/** Thousandths of a byte as the shortest exact binary quantity, rounded up to whole bytes: "30Gi", "1536Mi". */
export function memoryQuantity(thousandthsOfBytes: bigint): string {
  const bytes = (thousandthsOfBytes + 999n) / 1000n;
  const suffix = (["Pi", "Ti", "Gi", "Mi", "Ki"] as const).find(
    (candidate) => bytes > 0n && (bytes * 1000n) % (multipliers[candidate] ?? 1n) === 0n,
  );
  return suffix === undefined ? String(bytes) : `${(bytes * 1000n) / (multipliers[suffix] ?? 1n)}${suffix}`;
}
