// Items, as a capability's callers keep them through its API and ask for them: from the gateway's pod, which may.
import { done, serviceOf, startKubectl, type CapabilityName } from "./sandbox.ts";

const inGateway = (...command: string[]) => ["-n", "apg-gateway-sandbox", "exec", "-i", "gateway", "--", ...command];

/** An item that was acknowledged, and when. */
export interface Item {
  id: string;
  stored: string[];
  at: number;
}

/** Keeps one item. */
export async function keep(capability: CapabilityName, content: string): Promise<Omit<Item, "at">> {
  const post = ["--post-data", JSON.stringify({ content }), `${serviceOf(capability)}/v1/items`];
  return JSON.parse(await done(inGateway("wget", "-qO-", ...post))) as Item;
}

/** Asks one store for an item. */
export async function kept(capability: CapabilityName, id: string, from: string): Promise<object> {
  const url = `${serviceOf(capability)}/v1/items/${id}?from=${from}`;
  return JSON.parse(await done(inGateway("wget", "-qO-", url))) as object;
}

/** Three clients, each with one request at a time, until nobody listens to them any more. */
const writing = `
for client in 1 2 3; do
  while :; do
    answer=$(wget -qO- --post-data "{\\"content\\":\\"of client $client\\"}" "$0/v1/items" 2>/dev/null) && echo "$answer"
    sleep 0.1
  done &
done
cat >/dev/null
kill $(jobs -p)
`;

/** Has clients keep items while something happens. @returns what was acknowledged */
export async function underWrites(
  capability: CapabilityName,
  happens: (acknowledged: readonly Item[]) => Promise<void>,
): Promise<Item[]> {
  const items: Item[] = [];
  const clients = startKubectl(inGateway("timeout", "240", "sh", "-c", writing, serviceOf(capability)));
  const listening = (async () => {
    for await (const line of clients) items.push({ ...(JSON.parse(line) as Item), at: Date.now() });
  })();
  try {
    await happens(items);
  } finally {
    clients.stdin.end();
    await listening;
  }
  return items;
}

/** Ids on standard input; prints those that the store does not have, and fails when it does not say. */
const asking = `
while read -r id; do
  attempt=0
  while :; do
    answer=$(wget -qO- "$0/v1/items/$id?from=$1" 2>&1)
    case $answer in
      *'"content"'*) break ;;
      *' 404 '*) echo "$id"; break ;;
    esac
    attempt=$((attempt + 1))
    [ $attempt -lt 5 ] || { echo "$1, asked for $id: $answer" >&2; exit 1; }
    sleep 2
  done
done
`;

/** Asks one store for all of these. @returns those that it does not have */
export async function missing(capability: CapabilityName, items: readonly Item[], from: string): Promise<Item[]> {
  const readers = 4;
  const lost = await Promise.all(
    Array.from({ length: readers }, async (_, reader) => {
      const ids = items.filter((_, index) => index % readers === reader).map(({ id }) => `${id}\n`);
      const command = inGateway("timeout", "120", "sh", "-c", asking, serviceOf(capability), from);
      return (await done(command, ids.join(""))).split("\n").filter(Boolean);
    }),
  );
  return items.filter(({ id }) => lost.flat().includes(id));
}
