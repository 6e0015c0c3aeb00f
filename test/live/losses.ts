// The loss of the pod that leads, while callers keep items: how long none is acknowledged, and that none is lost that was.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { missing, underWrites, type Item } from "./items.ts";
import { audio, done, eventually, json, kubectl } from "./sandbox.ts";

const capability = "audio-processing";

/** Seconds after which a Redis master that no replica follows takes no more writes (min-replicas-max-lag). */
const replicaLag = 5;

interface Cluster {
  status: { currentPrimary?: string; readyInstances?: number };
}
const database = () => json<Cluster>("-n", audio, "get", "clusters.postgresql.cnpg.io", "postgres");
const primary = async () => (await database()).status.currentPrimary;

async function master(): Promise<string | undefined> {
  const info =
    "REDISCLI_AUTH=$(cat /etc/redis/auth/probe) timeout 3 redis-cli --tls --cacert /etc/redis/tls/ca.crt --user probe --no-auth-warning info replication";
  const masters = [];
  for (const pod of ["redis-0", "redis-1", "redis-2"]) {
    const { stdout } = await kubectl(["-n", audio, "exec", pod, "-c", "redis", "--", "sh", "-c", info]);
    if (stdout.includes("role:master")) masters.push(pod);
  }
  // An old master that does not know yet is no answer.
  return masters.length === 1 ? masters[0] : undefined;
}

/** What became of writes whose server was lost. */
export interface Loss {
  /** Everything that was acknowledged. */
  items: Item[];
  /** When the server was deleted. */
  deleted: number;
  /** The longest time without an acknowledgement from then on, in seconds. */
  outage: number;
  /** The first acknowledgement after that time. */
  resumed: number;
}

/**
 * Deletes the pod that leads, with its usual grace, under writes, and waits until another leads and writes are acknowledged.
 * @param leader Name of the pod that leads.
 * @param seconds How long all this may take at the most.
 */
export async function loseLeader(leader: () => Promise<string | undefined>, seconds: number): Promise<Loss> {
  let deleted = 0;
  const items = await underWrites(capability, async (acknowledged) => {
    await eventually("items are kept", 30, () => acknowledged.length >= 20);
    await sleep(8000);
    const lost = await leader();
    assert.ok(lost, "some pod leads");
    deleted = Date.now();
    const left = () => seconds - (Date.now() - deleted) / 1000;
    await done(["-n", audio, "delete", "pod", lost, "--wait=false"]);
    await eventually(`another pod than ${lost} leads`, seconds, async () => {
      const now = await leader();
      return now !== undefined && now !== lost;
    });
    const since = Date.now();
    await eventually("writes are acknowledged again", left(), () => acknowledged.some(({ at }) => at > since + 500));
    await sleep(3000);
  });
  const times = [deleted, ...items.map(({ at }) => at).filter((at) => at > deleted)];
  const gaps = times.slice(1).map((at, index) => ({ resumed: at, milliseconds: at - times[index]! }));
  const longest = gaps.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a));
  return { items, deleted, outage: longest.milliseconds / 1000, resumed: longest.resumed };
}

function say({ items, outage }: Loss, lost: Record<string, number>): void {
  const counts = Object.entries(lost).map(([store, count]) => `${count} in ${store}`);
  console.log(
    `      ${items.length} items acknowledged, ${outage.toFixed(1)} s without an acknowledgement; lost: ${counts.join(", ")}`,
  );
}

async function whole(): Promise<void> {
  await eventually(
    "there are three database instances",
    180,
    async () => (await database()).status.readyInstances === 3,
  );
  await done(["-n", audio, "rollout", "status", "statefulset/redis", "--timeout=120s"]);
}

export function losses(): void {
  beforeEach(whole);
  after(whole);

  it("with the primary of its database", async () => {
    const loss = await loseLeader(primary, 60);
    const lost = {
      postgres: (await missing(capability, loss.items, "postgres")).length,
      s3: (await missing(capability, loss.items, "s3")).length,
    };
    say(loss, lost);
    assert.deepEqual(lost, { postgres: 0, s3: 0 });
  });

  it("with the master of its cache, but for what no replica had", async () => {
    const loss = await loseLeader(master, 30);
    const inCache = await missing(capability, loss.items, "redis");
    const lost = {
      redis: inCache.length,
      postgres: (await missing(capability, loss.items, "postgres")).length,
      s3: (await missing(capability, loss.items, "s3")).length,
    };
    say(loss, lost);
    assert.deepEqual({ postgres: lost.postgres, s3: lost.s3 }, { postgres: 0, s3: 0 });
    // What a master acknowledged in its last seconds may be nowhere else; it hands over in peace, so usually all is.
    const promised = inCache.filter(({ at }) => at < loss.deleted - replicaLag * 1000 || at >= loss.resumed);
    assert.deepEqual(promised, [], "older and newer items are there");
  });
}
