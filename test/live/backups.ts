// Backups, made and tried as their schedules do it.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { audio, done, eventually, json, kubectl } from "./sandbox.ts";

/** Makes a Job of a CronJob and waits for its end. @returns what it printed */
async function jobOf(cronJob: string, seconds: number, meanwhile = async () => {}) {
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

export function backups(): void {
  it("copies its cache to the backups, and restores its database from them", async () => {
    const copied = await jobOf("redis-backup", 120);
    assert.match(copied, /redis\/audio-processing\/\S+\.rdb has \d+ bytes/);
    // The log is archived every few minutes at least; who cannot wait has it archived.
    const switching = ["-c", "postgres", "--", "psql", "-qc", "select pg_switch_wal()"];
    const archive = async () => {
      await kubectl(["-n", audio, "exec", "service/postgres-rw", ...switching]);
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
}
