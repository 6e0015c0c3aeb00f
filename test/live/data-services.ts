// Databases, caches, buckets and their backups: what the capabilities keep, what outlives the loss of a primary, what can be
// had back, and who is refused.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { keep, kept, loseLeader, missing, type Loss } from "./items.ts";
import { dataRefusals } from "./refusals.ts";
import { generatedValues, placesOf } from "./secrecy.ts";
import { audio, capabilities, done, eventually, json, kubectl, namespaceOf, type CapabilityName } from "./sandbox.ts";

/** Items that were kept before anything was lost. */
export const firstItems: { capability: CapabilityName; id: string; content: string }[] = [];

const stores = ["postgres", "redis", "s3"];
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

/** Makes a Job of a CronJob and waits for its end. @returns what it printed */
async function jobOf(cronJob: string, seconds: number, meanwhile: () => Promise<unknown> = async () => {}) {
  const name = `${cronJob}-live`;
  await done(["-n", audio, "create", "job", name, `--from=cronjob/${cronJob}`]);
  type Job = { status: { conditions?: { type: string; status: string }[] } };
  let ended: string | undefined;
  await eventually(`${name} ends`, seconds, async () => {
    await meanwhile();
    const { status } = await json<Job>("-n", audio, "get", "job", name);
    const has = (type: string) => status.conditions?.some((one) => one.type === type && one.status === "True");
    ended = ["Complete", "Failed"].find(has);
    return ended !== undefined;
  });
  const logs = await done(["-n", audio, "logs", `job/${name}`]);
  assert.equal(ended, "Complete", logs);
  return logs;
}

const inSeconds = (seconds: number) => `${seconds.toFixed(1)} s`;

function say({ items, outage }: Loss, lost: Record<string, number>): void {
  const counts = Object.entries(lost).map(([store, count]) => `${count} in ${store}`);
  console.log(
    `      ${items.length} items acknowledged, ${inSeconds(outage)} without an acknowledgement; lost: ${counts.join(", ")}`,
  );
}

export function dataServices(): void {
  for (const capability of capabilities) {
    it(`keeps items of ${capability} in its own database, cache and bucket`, async () => {
      const content = `of ${capability}`;
      const { id, stored } = await keep(capability, content);
      assert.deepEqual(stored.toSorted(), stores);
      firstItems.push({ capability, id, content });
      for (const from of stores) {
        assert.deepEqual(await kept(capability, id, from), { id, content, from });
      }
      for (const other of capabilities.filter((one) => one !== capability)) {
        await assert.rejects(kept(other, id, "postgres"), /404/, `${other} has a database of its own`);
      }
    });
  }

  it("loses no acknowledged item with the primary of its database", async () => {
    const loss = await loseLeader("audio-processing", audio, primary, 60);
    const lost = {
      postgres: (await missing("audio-processing", loss.items, "postgres")).length,
      s3: (await missing("audio-processing", loss.items, "s3")).length,
    };
    say(loss, lost);
    assert.deepEqual(lost, { postgres: 0, s3: 0 });
  });

  it("loses no acknowledged item with the master of its cache, but what no replica had", async () => {
    const loss = await loseLeader("audio-processing", audio, master, 30);
    const inCache = await missing("audio-processing", loss.items, "redis");
    const lost = {
      redis: inCache.length,
      postgres: (await missing("audio-processing", loss.items, "postgres")).length,
      s3: (await missing("audio-processing", loss.items, "s3")).length,
    };
    say(loss, lost);
    assert.deepEqual({ postgres: lost.postgres, s3: lost.s3 }, { postgres: 0, s3: 0 });
    // What a master acknowledged in its last seconds may be nowhere else; it hands over in peace, so usually all is.
    const promised = inCache.filter(({ at }) => at < loss.deleted - replicaLag * 1000 || at > loss.resumed);
    assert.deepEqual(promised, [], "older and newer items are there");
  });

  it("has whole groups again after both", async () => {
    const begun = Date.now();
    await eventually("three database instances", 180, async () => (await database()).status.readyInstances === 3);
    await done(["-n", audio, "rollout", "status", "statefulset/redis", "--timeout=120s"]);
    console.log(`      whole again after ${inSeconds((Date.now() - begun) / 1000)}`);
  });

  it("copies its cache to the backups, and restores its database from them", async () => {
    const copied = await jobOf("redis-backup", 120);
    assert.match(copied, /redis\/audio-processing\/\S+\.rdb has \d+ bytes/);
    // The log is archived every few minutes at least; who cannot wait has it archived.
    const switching = ["--", "psql", "-qc", "select pg_switch_wal()"];
    const archive = async () => {
      await kubectl(["-n", audio, "exec", (await primary())!, "-c", "postgres", ...switching]);
      await sleep(5000);
    };
    const drilled = await jobOf("restore-drill", 300, archive);
    assert.match(drilled, /redis\/audio-processing\/\S+\.rdb is whole/);
    const { data } = await json<{ data: Record<string, string> }>(
      ...["-n", audio, "get", "configmap", "restore-drill-result"],
    );
    assert.equal(data["passed"], "true", JSON.stringify(data));
    assert.ok(Number(data["rows"]) > 0);
    console.log(`      ${data["rows"]} rows restored in ${data["restoreSeconds"]} s`);
  });

  describe("refuses", dataRefusals);

  it("shows none of its generated secrets in state, output, logs, statistics or objects", async () => {
    const values = (await Promise.all(capabilities.map((one) => generatedValues(namespaceOf(one))))).flat();
    // Seven users of Redis, two roles, four keys of buckets and some private keys, for each capability.
    assert.ok(new Set(values.map(({ value }) => value)).size >= 26, `${values.length} values`);
    const shown = (await placesOf(capabilities.map(namespaceOf))).flatMap(({ place, text }) =>
      values.filter(({ value }) => text.includes(value)).map(({ secret }) => `${secret} is in ${place}`),
    );
    assert.deepEqual([...new Set(shown)], []);
  });
}
