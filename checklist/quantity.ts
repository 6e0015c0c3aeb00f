// Kubernetes quantities ("1500m", "1.5", "1Gi", "1e9", 2), exactly: as whole billionths, the smallest unit that
// Kubernetes itself keeps. Floating point would find that 0.1 + 0.2 cores exceed a limit of 300m.

const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const shape = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([eE])([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/;

/** One core, or one byte, in billionths. */
export const billion = 10n ** 9n;
const thousandth = billion / 1000n;

/** The quantity in billionths of its unit (cores or bytes), rounded away from zero; undefined when it is none. */
export function billionths(quantity: string | number): bigint | undefined {
  const match = shape.exec(String(quantity).trim());
  if (match === null) return undefined;
  const [, sign, digits = "", exponential, exponent, suffix = ""] = match;
  const [whole = "", fraction = ""] = digits.split(".");
  const shift = suffix in binary ? 2n ** BigInt(binary[suffix] ?? 0) : 1n;
  const power = 9 - fraction.length + (exponential === undefined ? (decimal[suffix] ?? 0) : Number(exponent));
  const mantissa = BigInt(whole + fraction) * shift;
  const size = power >= 0 ? mantissa * 10n ** BigInt(power) : ceiling(mantissa, 10n ** BigInt(-power));
  return sign === "-" ? -size : size;
}

/**
 * The amount that a stack asks for, in billionths: rounded up to thousandths, as Kubernetes does with a container's
 * resources, so that sums agree with the cluster's. Undefined when it has a sign or spaces, or is no quantity.
 */
export function parseAmount(quantity: string): bigint | undefined {
  const size = /^[+-]|\s/.test(quantity) ? undefined : billionths(quantity);
  return size === undefined ? undefined : ceiling(size, thousandth) * thousandth;
}

/** CPU as people write it: "2", "500m". */
export function cpuText(size: bigint): string {
  return size % billion === 0n ? String(size / billion) : `${ceiling(size, thousandth)}m`;
}

/** Memory as people write it: in the largest binary unit that loses nothing, "4Gi", "1536Mi". */
export function memoryText(size: bigint): string {
  const bytes = ceiling(size, billion);
  const suffix = Object.keys(binary)
    .reverse()
    .find((unit) => bytes > 0n && bytes % 2n ** BigInt(binary[unit] ?? 0) === 0n);
  return suffix === undefined ? String(bytes) : `${bytes / 2n ** BigInt(binary[suffix] ?? 0)}${suffix}`;
}

function ceiling(size: bigint, unit: bigint): bigint {
  return (size + unit - 1n) / unit;
}
