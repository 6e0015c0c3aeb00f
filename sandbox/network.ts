// Addresses of a cluster with real nodes, and what keeps its packets on the machine.
import { execa } from "execa";
import { UserError } from "./errors.ts";

/** Ranges that belong to one sandbox of the machine; another one has another slot. */
export interface Network {
  slot: number;
  /** Link of the host into the sandbox's switch. */
  link: string;
  /** The host's address on it: where the API server listens. */
  host: string;
  nodes: string;
  pods: string;
  services: string;
}

export const slots = 16;

/** Address of node `number` (from 1), and the range of its pods. */
export const nodeAddress = ({ slot }: Network, number: number) => `10.192.${slot}.${10 + number}`;
export const podRange = ({ slot }: Network, number: number) => `10.${208 + slot}.${number}.0/24`;
/** Address `number` of the service range; the first is the API server's. */
export const serviceAddress = ({ slot }: Network, number: number) => `10.${224 + slot}.0.${number}`;

export function networkOf(slot: number): Network {
  return {
    slot,
    link: `apg${slot}`,
    host: `10.192.${slot}.1`,
    nodes: `10.192.${slot}.0/24`,
    pods: `10.${208 + slot}.0.0/16`,
    services: `10.${224 + slot}.0.0/16`,
  };
}

interface Route {
  dst: string;
  type?: string;
  dev?: string;
  metric?: number;
}

/** Marks our routes: a protocol number of our own, and a metric that leaves the routes of the running sandbox first. */
const mark = { protocol: "196", metric: "4096" };

/** The first slot whose ranges nothing on this machine uses. */
export async function chooseSlot(): Promise<number> {
  const routes = await allRoutes();
  const links = new Set((await json<{ ifname: string }[]>(["link", "show"])).map(({ ifname }) => ifname));
  for (let slot = 0; slot < slots; slot++) {
    const network = networkOf(slot);
    const ranges = [network.nodes, network.pods, network.services];
    if (!links.has(network.link) && !routes.some(({ dst }) => ranges.some((range) => overlap(dst, range)))) return slot;
  }
  throw new UserError(
    `All ${slots} address ranges that a sandbox can use are taken on this machine.`,
    "Stop another clone's sandbox (npm run sandbox:stop there), or take simulated nodes: npm run sandbox -- --nodes simulated",
  );
}

/**
 * Makes the sandbox's addresses lead nowhere, before anything that might send to them exists. What the running sandbox
 * can reach has better routes; for all else there is this one in place of the machine's default route.
 * @throws UserError when the addresses are in use by somebody else
 */
export async function guardRanges(network: Network, owner: string): Promise<void> {
  await refuseForeign(network, owner);
  for (const range of ranges(network)) {
    await execa("ip", ["route", "replace", "blackhole", range, "metric", mark.metric, "proto", mark.protocol]);
  }
}

/** Removes the guard. The link and its routes have gone with the switch. */
export async function unguardRanges(network: Network): Promise<void> {
  for (const range of ranges(network)) {
    await execa("ip", ["route", "delete", "blackhole", range, "metric", mark.metric], { reject: false });
  }
}

const ranges = ({ nodes, pods, services }: Network) => [nodes, pods, services];

async function refuseForeign(network: Network, owner: string): Promise<void> {
  const links = await json<{ ifname: string; ifalias?: string }[]>(["link", "show"]);
  const link = links.find(({ ifname }) => ifname === network.link);
  const other = link && link.ifalias !== owner;
  const route = (await allRoutes()).find(
    ({ dst, dev, type }) =>
      type !== "blackhole" && dev !== network.link && ranges(network).some((range) => overlap(dst, range)),
  );
  if (!other && !route) return;
  throw new UserError(
    other
      ? `The addresses of this sandbox are in use by the sandbox in ${link.ifalias ?? "another folder"}.`
      : `The addresses of this sandbox (${ranges(network).join(", ")}) overlap with the route ${route!.dst} of this machine.`,
    "Stop that one first, or take new addresses with npm run sandbox:reset (deletes what is in the cluster).",
  );
}

async function allRoutes(): Promise<Route[]> {
  return (await json<Route[]>(["route", "show", "table", "all"])).filter(({ dst }) => /^\d+\./.test(dst));
}

async function json<T>(args: string[]): Promise<T> {
  return JSON.parse((await execa("ip", ["-json", "-4", ...args])).stdout || "[]") as T;
}

/** Whether two IPv4 ranges (an address is a range of one) have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [bounds(one), bounds(other)];
  return a.first <= b.last && b.first <= a.last;
}

function bounds(range: string) {
  const [address = "", bits = "32"] = range.split("/");
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}
