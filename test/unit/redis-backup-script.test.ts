// Runs the script that copies Redis with programs that stand for Redis and for the object store, a folder.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dirname, "../../components/data/redis/scripts/backup.sh");
const whole = Buffer.concat([Buffer.from("REDIS0010data"), Buffer.from([255]), Buffer.alloc(8, 7)]);

const fakes = {
  // The arguments are: --tls --cacert FILE -h HOST -p PORT --user backup --no-auth-warning COMMAND...
  "redis-cli": `#!/bin/sh
host=$5; shift 10
case $1 in
  info) cat "$FAKES/role-$host" ;;
  --rdb) echo "$host" >"$FAKES/copied"; cat "$FAKES/dump" >"$2" ;;
esac`,
  aws: `#!/bin/sh
key() { echo "\${1#s3://backups/}" | tr / _; }
case "$1 $2" in
  "s3 cp") case $3 in
    s3://*) cat "$FAKES/store/$(key "$3")"; [ -z "$SPOILED" ] || echo spoiled ;;
    *) cp "$3" "$FAKES/store/$(key "$4")"; echo "$@" >"$FAKES/upload" ;;
  esac ;;
  "s3 rm") rm "$FAKES/store/$(key "$3")" ;;
  "s3api list-objects-v2") ls "$FAKES/store" | tr _ / ;;
esac`,
};

describe("the script that copies Redis", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "redis-backup-"));
    for (const folder of ["bin", "store", "work"]) mkdirSync(join(directory, folder));
    for (const [program, text] of Object.entries(fakes)) {
      writeFileSync(join(directory, "bin", program), text);
      chmodSync(join(directory, "bin", program), 0o755);
    }
    given("dump", whole);
    given("role-redis-1", "role:master\r\n");
    given("role-redis-0", "role:slave\r\nmaster_link_status:up\r\n");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const given = (file: string, content: string | Buffer) => writeFileSync(join(directory, file), content);
  const read = (file: string) => readFileSync(join(directory, file), "utf8").trim();
  const stored = () => readdirSync(join(directory, "store"));
  const run = (env: Record<string, string> = {}) =>
    spawnSync("sh", [script], {
      encoding: "utf8",
      env: {
        PATH: `${join(directory, "bin")}:${process.env.PATH ?? ""}`,
        FAKES: directory,
        DATA_DIR: join(directory, "work"),
        HOSTS: "redis-2 redis-1 redis-0",
        PORT: "6379",
        BUCKET: "backups",
        FOLDER: "redis/audio",
        RETENTION_DAYS: "30",
        SPOILED: "",
        ...env,
      },
    });

  it("copies a replica rather than the master, and reads the copy back", () => {
    const { status, stderr } = run();
    assert.equal(status, 0, stderr);
    assert.equal(read("copied"), "redis-0");
    assert.equal(stored().length, 1);
    assert.match(stored()[0]!, /^redis_audio_\d{8}T\d{6}Z\.rdb$/);
    assert.deepEqual(readFileSync(join(directory, "store", stored()[0]!)), whole);
    assert.match(read("upload"), /--metadata sha256=[0-9a-f]{64}$/);
  });

  it("copies the master when no replica follows it", () => {
    given("role-redis-0", "role:slave\r\nmaster_link_status:down\r\n");
    assert.equal(run().status, 0);
    assert.equal(read("copied"), "redis-1");
  });

  it("removes copies that are older than is kept, and nothing else", () => {
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
    const names = { old: `${day(31)}T013000Z`, recent: `${day(29)}T013000Z`, other: "20200101T000000Z.rdb.note" };
    for (const name of [`${names.old}.rdb`, `${names.recent}.rdb`, names.other]) given(`store/redis_audio_${name}`, "");
    const { status, stderr } = run();
    assert.equal(status, 0, stderr);
    const left = stored();
    assert.equal(left.length, 3);
    assert.ok(left.includes(`redis_audio_${names.recent}.rdb`) && left.includes(`redis_audio_${names.other}`));
  });

  it("fails, and removes nothing, when the copy is not what was copied", () => {
    given("store/redis_audio_20200101T000000Z.rdb", "");
    const { status, stderr } = run({ SPOILED: "yes" });
    assert.equal(status, 1);
    assert.match(stderr, /reads back as/);
    assert.ok(stored().includes("redis_audio_20200101T000000Z.rdb"));
  });

  it("fails, and copies nothing, when the dump breaks off or nobody answers", () => {
    given("dump", whole.subarray(0, -1));
    assert.match(run().stderr, /the dump is not whole/);
    const { status, stderr } = run({ HOSTS: "redis-9" });
    assert.equal(status, 1);
    assert.match(stderr, /no Redis answers at redis-9/);
    assert.deepEqual(stored(), []);
  });
});
