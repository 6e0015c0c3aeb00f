// Runs the scripts of the Redis pods with programs that answer as told, so that every decision is seen at once. What real
// servers make of them is not proved here.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sentinelConf } from "../../components/data/redis/configuration.ts";
import { groupScripts } from "../../components/data/redis/scripts.ts";

const scripts = join(import.meta.dirname, "../../components/data/redis/scripts");
const sentinelAddress = (n: number) => `10.0.2.${n}:26379`;
const local = "127.0.0.1:6379";

/** Answers of the servers, by "<address> <command>"; a server without an answer is not there. */
type Answers = Record<string, string>;

const fakes = {
  // The arguments are: --tls --cacert FILE -h HOST -p PORT --user USER --no-auth-warning COMMAND...
  "redis-cli": `#!/bin/sh
host=$5 port=$7; shift 10
case $1 in -x) given=" $(cat)" ;; *) given= ;; esac
echo "$host:$port $*$given" >>"$FAKES/calls"
cat "$FAKES/answers/$host:$port $*" 2>/dev/null`,
  "redis-server": `#!/bin/sh\necho "server $*" >>"$FAKES/calls"\nexec sleep "\${SERVE:-0}"`,
};

class FakePod {
  readonly directory = mkdtempSync(join(tmpdir(), "redis-scripts-"));
  readonly env: Record<string, string>;

  constructor(name: string, answers: Answers = {}) {
    for (const folder of ["answers", "auth", "bin", "config", "data", "tls"]) mkdirSync(join(this.directory, folder));
    for (const [program, text] of Object.entries(fakes)) this.#file(`bin/${program}`, text);
    for (const script of groupScripts) this.#file(`config/${script}`, readFileSync(join(scripts, script), "utf8"));
    for (const file of ["tls/tls.crt", "tls/tls.key", "tls/ca.crt", "auth/steward", "auth/probe"])
      this.#file(file, "x");
    this.#file("config/redis.conf", "tls-port 6379\n");
    const settings = { group: "apg", replicas: 3, quorum: 2, memoryLimit: "5Gi" };
    this.#file("config/sentinel.conf", sentinelConf(settings));
    this.answer(answers);
    this.env = {
      PATH: `${join(this.directory, "bin")}:${process.env.PATH ?? ""}`,
      FAKES: this.directory,
      POD_NAME: name,
      GROUP: "apg",
      SENTINELS: "3",
      QUORUM: "2",
      ...Object.fromEntries(
        ["config", "auth", "tls", "data"].map((of) => [`${of.toUpperCase()}_DIR`, join(this.directory, of)]),
      ),
      ...Object.fromEntries(
        [0, 1, 2].flatMap((n) => [
          [`REDIS_${n}_SERVICE_HOST`, `10.0.1.${n}`],
          [`REDIS_${n}_SERVICE_PORT`, "6379"],
          [`SENTINEL_${n}_SERVICE_HOST`, `10.0.2.${n}`],
          [`SENTINEL_${n}_SERVICE_PORT`, "26379"],
        ]),
      ),
      ANSWER_WITHIN: "0",
      GIVEN_UP_FOR: "60",
      EMPTY_FOR: "60",
      TEND_EVERY: "1",
    };
  }

  #file(path: string, text: string): void {
    writeFileSync(join(this.directory, path), text);
    chmodSync(join(this.directory, path), 0o755);
  }

  /** Puts a file in place as the kubelet does for a Secret. */
  secret(file: string, text: string): this {
    this.#file(`auth/${file}`, text);
    return this;
  }

  answer(answers: Answers): void {
    for (const [call, text] of Object.entries(answers)) this.#file(`answers/${call}`, text);
  }

  keep(file: string, text: string): this {
    this.#file(`data/${file}`, text);
    return this;
  }

  read(file: string): string {
    return readFileSync(join(this.directory, "data", file), "utf8");
  }

  calls(): string[] {
    const file = join(this.directory, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  }

  run(script: string, env: Record<string, string> = {}): number | null {
    // What is left running beside the server would keep a pipe open.
    const options = { env: { ...this.env, ...env }, stdio: "ignore", timeout: 20_000 } as const;
    return spawnSync("sh", [join(this.directory, "config", script)], options).status;
  }

  /** Starts a script and, once it waits, gives other answers. */
  async runUntil(script: string, change: Answers): Promise<number | null> {
    const child = spawn("sh", [join(this.directory, "config", script)], { env: this.env });
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    while (this.calls().length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    this.answer(change);
    return ended;
  }

  /** The master that Redis was started with; none when it is the master. */
  get replicaof(): string | undefined {
    return /^replicaof (.*)$/m.exec(this.read("redis.conf"))?.[1];
  }
}

/** What a Sentinel says of the master, as redis-cli prints it. */
function master(n: number, { epoch = 0, replicas = 2, flags = "master", port = 6379 } = {}): string {
  const said = { name: "apg", ip: `10.0.1.${n}`, port, flags, "num-slaves": replicas, "config-epoch": epoch };
  return Object.entries(said)
    .map(([key, value]) => `${key}\n${value}\n`)
    .join("");
}

/** The same answer from the Sentinels of these numbers. */
function say(answer: string, ...numbers: number[]): Answers {
  const from = numbers.length > 0 ? numbers : [0, 1, 2];
  return Object.fromEntries(from.map((n) => [`${sentinelAddress(n)} sentinel master apg`, answer]));
}

describe("the scripts of Redis pods", () => {
  const pods: FakePod[] = [];
  const pod = (name: string, answers?: Answers) => {
    pods.push(new FakePod(name, answers));
    return pods.at(-1)!;
  };
  after(() => pods.forEach(({ directory }) => rmSync(directory, { recursive: true })));

  describe("at the start of Redis", () => {
    const started = (of: FakePod) => {
      assert.equal(of.run("redis-start.sh"), 0);
      assert.ok(of.calls().some((call) => call.startsWith("server ")));
      return of.replicaof;
    };

    it("follow the master that the Sentinels name", () => {
      assert.equal(started(pod("redis-1", say(master(0)))), "10.0.1.0 6379");
    });

    it("make the one that they name the master, which announces the address of its Service", () => {
      const named = pod("redis-0", say(master(0))).keep("dump.rdb", "REDIS");
      assert.equal(started(named), undefined);
      assert.match(named.read("redis.conf"), /^replica-announce-ip 10\.0\.1\.0\nreplica-announce-port 6379$/m);
    });

    it("let redis-0 start empty when nobody knows of a replica, as at the very first start", () => {
      assert.equal(started(pod("redis-0", say(master(0, { replicas: 0 })))), undefined);
    });

    it("believe the newest decision, not the most frequent", () => {
      const answers = { ...say(master(0, { epoch: 9 }), 0, 1), ...say(master(2, { epoch: 10 }), 2) };
      assert.equal(started(pod("redis-0", answers)), "10.0.1.2 6379");
    });

    it("believe a single Sentinel only when the others have not answered in time", async () => {
      const patient = pod("redis-1", say(master(0), 0));
      patient.env.ANSWER_WITHIN = "60";
      assert.equal(await patient.runUntil("redis-start.sh", say(master(2, { epoch: 1 }), 1)), 0);
      assert.equal(patient.replicaof, "10.0.1.2 6379");
      assert.equal(started(pod("redis-1", say(master(0), 0))), "10.0.1.0 6379");
    });

    it("go on as what the pod was when no Sentinel answers", () => {
      assert.equal(started(pod("redis-0").keep("redis.conf", "port 0\nreplicaof 10.0.1.2 6379\n")), "10.0.1.2 6379");
      assert.equal(started(pod("redis-2").keep("redis.conf", "port 0\n")), undefined);
      assert.equal(started(pod("redis-0")), undefined);
      assert.equal(started(pod("redis-2")), "10.0.1.0 6379");
    });

    it("wait for the new master when the Sentinels have given this one up", async () => {
      const late = pod("redis-0", say(master(0, { flags: "s_down,o_down,master" }))).keep("dump.rdb", "REDIS");
      assert.equal(await late.runUntil("redis-start.sh", say(master(1, { epoch: 1 }))), 0);
      assert.equal(late.replicaof, "10.0.1.1 6379");
    });

    it("wait for a new master when the files are gone and others may have theirs", async () => {
      const bare = pod("redis-0", say(master(0)));
      assert.equal(await bare.runUntil("redis-start.sh", say(master(2, { epoch: 1 }))), 0);
      assert.equal(bare.replicaof, "10.0.1.2 6379");
    });

    it("start as the master in the end when there is no other", () => {
      for (const answer of [master(0, { flags: "s_down,master" }), master(0)]) {
        const last = pod("redis-0", say(answer));
        Object.assign(last.env, { GIVEN_UP_FOR: "0", EMPTY_FOR: "0" });
        assert.equal(started(last), undefined);
      }
    });

    it("fail without the service links, so that the next container looks again", () => {
      const { env } = pod("redis-0");
      const blind = pods.at(-1)!;
      delete env.REDIS_0_SERVICE_HOST;
      assert.notEqual(blind.run("redis-start.sh"), 0);
      assert.ok(!existsSync(join(blind.directory, "data/redis.conf")));
    });
  });

  describe("while Redis runs", () => {
    const acl = (...hashes: string[]) =>
      ["probe", "steward"]
        .map((user) => `user ${user} on ${hashes.map((each) => `#${each}`).join(" ")} +ping\n`)
        .join("");
    const [a, b, c, d] = ["a", "b", "c", "d"].map((each) => each.repeat(64)) as [string, string, string, string];
    const accepted = (user: string, ...hashes: string[]) =>
      `acl setuser ${user} resetpass ${hashes.map((each) => `#${each}`).join(" ")}`;
    const masterauth = "-x config set masterauth";
    const named = master(0);

    /** The calls that a pod makes whose Secret changes while it runs. */
    async function renewed(answers: Answers): Promise<string[]> {
      const running = pod("redis-0", {
        ...say(named),
        [`${local} info replication`]: "role:master\r\n",
        [`${local} config set replica-priority 100`]: "OK",
        ...answers,
      })
        .keep("dump.rdb", "REDIS")
        .secret("users.acl", `user default off\n${acl(a, b, c)}`)
        .secret("replication.conf", "masteruser replication\nmasterauth one\n");
      running.env.SERVE = "6";
      const child = spawn("sh", [join(running.directory, "config/redis-start.sh")], { env: running.env });
      const ended = new Promise((resolve) => child.on("exit", resolve));
      while (!running.calls().includes(`${local} config set replica-priority 100`))
        await new Promise((resolve) => setTimeout(resolve, 50));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const before = running.calls().length;
      running.secret("users.acl", `user default off\n${acl(b, d, a)}`);
      running.secret("replication.conf", "masteruser replication\nmasterauth two\n");
      await ended;
      return running.calls().slice(before);
    }

    it("takes the passwords that each user has by then, once, and the one for its master on no command line", async () => {
      const changes = [accepted("probe", b, d, a), accepted("steward", b, d, a)];
      const calls = await renewed({
        ...Object.fromEntries([...changes, masterauth].map((each) => [`${local} ${each}`, "OK"])),
      });
      assert.deepEqual(
        calls,
        [...changes, `${masterauth} two`].map((each) => `${local} ${each}`),
      );
    });

    it("tries again as long as one is not taken", async () => {
      const calls = await renewed({ [`${local} ${accepted("probe", b, d, a)}`]: "OK" });
      const refused = calls.filter((each) => each === `${local} ${accepted("steward", b, d, a)}`);
      assert.ok(refused.length > 1, calls.join("\n"));
      assert.ok(!calls.some((each) => each.includes("masterauth")));
    });
  });

  describe("before Redis stops", () => {
    const info = `${local} info replication`;
    const leading = (offset: number) =>
      `role:master\r\nconnected_slaves:1\r\nslave0:ip=10.0.1.1,port=6379,state=online,offset=${offset},lag=0\r\nmaster_repl_offset:500\r\n`;
    const changes = (of: FakePod) => of.calls().filter((call) => !/info|sentinel master/.test(call));

    it("hand over to a replica that has everything, while writes wait", () => {
      const handing = pod("redis-0", { ...say(master(1, { epoch: 1 })), [info]: leading(500) });
      handing.answer({ [`${sentinelAddress(0)} sentinel failover apg`]: "OK" });
      assert.equal(handing.run("redis-stop.sh"), 0);
      assert.deepEqual(changes(handing), [
        `${local} client pause 30000 write`,
        `${sentinelAddress(0)} sentinel failover apg`,
        `${local} replicaof 10.0.1.1 6379`,
        `${local} client unpause`,
      ]);
    });

    it("ask the next Sentinel when one cannot", () => {
      const handing = pod("redis-0", { ...say(master(1, { epoch: 1 })), [info]: leading(500) });
      handing.answer({
        [`${sentinelAddress(0)} sentinel failover apg`]: "NOGOODSLAVE No suitable replica to promote",
        [`${sentinelAddress(1)} sentinel failover apg`]: "INPROG Failover already in progress",
      });
      assert.equal(handing.run("redis-stop.sh"), 0);
      assert.ok(handing.calls().includes(`${local} replicaof 10.0.1.1 6379`));
    });

    it("let a master stop, writable until then, when nobody takes over", () => {
      const alone = pod("redis-0", { [info]: leading(400) });
      assert.equal(alone.run("redis-stop.sh", { CATCH_UP_WITHIN: "0" }), 0);
      assert.deepEqual(
        changes(alone).filter((call) => call.startsWith(local)),
        [`${local} client pause 25000 write`, `${local} client unpause`],
      );
    });

    it("do nothing on a replica, and on a master without one", () => {
      for (const state of ["role:slave\r\nconnected_slaves:0\r\n", "role:master\r\nconnected_slaves:0\r\n"]) {
        const idle = pod("redis-1", { [info]: state });
        assert.equal(idle.run("redis-stop.sh"), 0);
        assert.deepEqual(changes(idle), []);
      }
    });
  });

  describe("at the start of a Sentinel", () => {
    it("take redis-0 for the master at the very first, with today's settings", () => {
      const first = pod("sentinel-1");
      assert.equal(first.run("sentinel-start.sh"), 0);
      const conf = first.read("sentinel.conf");
      assert.match(conf, /^sentinel monitor apg 10\.0\.1\.0 6379 2$/m);
      assert.match(conf, /^sentinel announce-ip 10\.0\.2\.1\nsentinel announce-port 26379$/m);
    });

    it("ask the others when the volume is new", () => {
      const renewed = pod("sentinel-1", say(master(2, { epoch: 4 }), 0, 2));
      assert.equal(renewed.run("sentinel-start.sh"), 0);
      assert.match(renewed.read("sentinel.conf"), /^sentinel monitor apg 10\.0\.1\.2 6379 2$/m);
    });

    it("keep what was known and decided, and no setting", () => {
      const knowledge = [
        "sentinel myid 0123456789012345678901234567890123456789",
        "sentinel current-epoch 7",
        "sentinel config-epoch apg 7",
        "sentinel leader-epoch apg 7",
        "sentinel known-replica apg 10.0.1.0 6379",
        "sentinel known-sentinel apg 10.0.2.0 26379 9876543210987654321098765432109876543210",
      ];
      const settings = [
        "sentinel monitor apg 10.0.1.1 6379 1",
        "sentinel down-after-milliseconds apg 60000",
        "sentinel auth-pass apg old",
        "sentinel known-replica other 10.0.9.9 6379",
      ];
      const again = pod("sentinel-0", say(master(2))).keep("sentinel.conf", [...settings, ...knowledge, ""].join("\n"));
      assert.equal(again.run("sentinel-start.sh"), 0);
      const lines = again.read("sentinel.conf").trimEnd().split("\n");
      assert.deepEqual(lines.slice(-knowledge.length).sort(), knowledge.toSorted());
      assert.ok(lines.includes("sentinel monitor apg 10.0.1.1 6379 2"));
      assert.ok(lines.includes("sentinel down-after-milliseconds apg 2000"));
      assert.ok(!lines.some((line) => /auth-pass|other/.test(line)));
    });
  });

  describe("when the kubelet asks", () => {
    const status = (script: string, call: string, answer: string, more: Answers = {}) =>
      pod("redis-0", { [`127.0.0.1:${script.startsWith("redis") ? 6379 : 26379} ${call}`]: answer, ...more }).run(
        script,
      );

    it("call a Redis alive that answers, be it that it is busy", () => {
      for (const answer of ["PONG", "LOADING Redis is loading the dataset in memory", "BUSY Redis is busy"])
        assert.equal(status("redis-live.sh", "ping", answer), 0, answer);
      assert.equal(status("redis-live.sh", "ping", ""), 1);
    });

    it("call a Redis ready that is the master, or a replica that may take its place", () => {
      const ready = (...lines: string[]) =>
        status("redis-ready.sh", "info replication persistence", lines.map((line) => `${line}\r\n`).join(""));
      assert.equal(ready("role:master", "loading:0"), 0);
      assert.equal(ready("role:slave", "master_link_status:up", "slave_priority:100", "loading:0"), 0);
      assert.notEqual(ready("role:slave", "master_link_status:up", "slave_priority:0", "loading:0"), 0);
      assert.notEqual(ready("role:slave", "master_link_status:down", "slave_priority:100", "loading:0"), 0);
      assert.notEqual(ready("role:master", "loading:1"), 0);
      assert.notEqual(ready(), 0);
    });

    it("call a Sentinel ready that has a quorum and a replica to promote", () => {
      const ready = (quorum: string, replicas: number) =>
        status("sentinel-ready.sh", "sentinel ckquorum apg", quorum, {
          "127.0.0.1:26379 sentinel master apg": master(0, { replicas }),
        });
      assert.equal(ready("OK 3 usable Sentinels.", 2), 0);
      assert.notEqual(ready("OK 3 usable Sentinels.", 0), 0);
      assert.notEqual(ready("NOQUORUM 1 usable Sentinels.", 2), 0);
      assert.equal(status("sentinel-live.sh", "ping", "PONG"), 0);
      assert.notEqual(status("sentinel-live.sh", "ping", ""), 0);
    });
  });
});
