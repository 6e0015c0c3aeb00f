// IPv4 networks as numbers.

/** A network: its first address as a number, and the length of its prefix. */
export interface Block {
  /** The first address. */
  first: number;
  /** Length of the prefix. */
  prefix: number;
}

/** Number of addresses in a network of this prefix. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

/** Reads a network such as 10.20.0.0/16; undefined when it is none, or starts inside of one. */
export function parseBlock(cidr: string): Block | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return undefined;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((part) => part > 255) || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const block = { first, prefix };
  return first % sizeOf(prefix) === 0 && formatBlock(block) === cidr ? block : undefined;
}

/** Address as text. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** Network as text. */
export function formatBlock({ first, prefix }: Block): string {
  return `${formatAddress(first)}/${prefix}`;
}

/** Whether two networks have an address in common. */
export function overlap(one: Block, other: Block): boolean {
  return one.first < other.first + sizeOf(other.prefix) && other.first < one.first + sizeOf(one.prefix);
}

/** Whether one network lies in another. */
export function within(inner: Block, outer: Block): boolean {
  return inner.prefix >= outer.prefix && overlap(inner, outer);
}

const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((cidr) =>
  parseBlock(cidr)!,
);

/** Whether a network is one of those that are never routed on the internet. */
export function isPrivate(block: Block): boolean {
  return privateBlocks.some((outer) => within(block, outer));
}
