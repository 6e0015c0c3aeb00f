// How large AWS' instance types are, from their names: r7g.2xlarge has 8 processors and 8 GiB for each.

/** Memory for each processor in GiB, by the letters of the family. */
const memoryByFamily: Readonly<Record<string, number>> = {
  c: 2,
  d: 8,
  g: 4,
  hpc: 2,
  i: 8,
  im: 4,
  inf: 2,
  is: 6,
  m: 4,
  p: 7.625,
  r: 8,
  t: 4,
  trn: 4,
  u: 16,
  x: 16,
  z: 8,
};

/** Sizes below the regular ones have their processors by themselves. */
const smallSizes: Readonly<Record<string, number>> = { nano: 0, micro: 0, small: 1, medium: 1, large: 2 };

export interface InstanceSize {
  readonly vcpus: number;
  readonly memoryGiB: number;
}

/** What an instance of the type has at least; undefined where its name follows no rule. */
export function instanceSize(type: string): InstanceSize | undefined {
  const [, letters = "", size = ""] = /^([a-z]+)\d[a-z0-9-]*\.([a-z0-9-]+)$/.exec(type) ?? [];
  const each = memoryByFamily[letters];
  const vcpus = processorsOf(size);
  if (each === undefined || vcpus === undefined) return undefined;
  return { vcpus, memoryGiB: vcpus * each };
}

function processorsOf(size: string): number | undefined {
  const times = /^(\d*)xlarge$/.exec(size)?.[1];
  if (times !== undefined) return 4 * Number(times === "" ? 1 : times);
  // A whole machine, of which the smallest has 16 processors.
  if (size.startsWith("metal")) return 16;
  return smallSizes[size];
}

/** Families with GPUs of NVIDIA. */
export const gpuFamilies = /^(g\d|p\d)/;
