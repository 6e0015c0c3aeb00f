// Who gets no data: other tenants, whoever comes without TLS, and whoever comes without a password. Each refusal has beside it
// the same request in order, which is answered.
import assert from "node:assert/strict";
import { probe, startProber, stopProber } from "./prober.ts";
import { audio, json, kubectl } from "./sandbox.ts";

const tenants = ["acme", "globex"] as const;
const bucketOf = (tenant: string) => `apg-audio-processing-${tenant}-sandbox`;
const keysOf = (tenant: string) => `object-storage-tenant-${tenant}`;

async function answers(script: string, words: RegExp): Promise<void> {
  const { exitCode, all } = await probe(audio, script);
  assert.match(all, words);
  assert.equal(exitCode, 0, all);
}
async function refuses(script: string, words: RegExp): Promise<void> {
  const { all } = await probe(audio, script);
  assert.match(all, words);
  assert.doesNotMatch(all, /^answered$/m);
}

const psql = (host: string, tls: string, sql: string) =>
  `PGPASSWORD=$(cat /keys/postgres-role-app/password) psql "host=${host} user=$(cat /keys/postgres-role-app/username) dbname=app ${tls}" --no-psqlrc -qAt -v ON_ERROR_STOP=1 -c "${sql}"`;
const verified = "sslmode=verify-full sslrootcert=/etc/apg/certificates/postgres-ca.crt";
const inDatabase = (sql: string) => psql("postgres-pooler-rw", verified, sql);
const asTenant = (tenant: string, sql: string) => inDatabase(`BEGIN; SET LOCAL ROLE tenant_${tenant}; ${sql}; COMMIT`);

const redis = (host: string, port: number, ...options: string[]) =>
  `timeout 10 redis-cli -h ${host} -p ${port} ${options.join(" ")} ping`;
const overTls = "--tls --cacert /etc/apg/certificates/redis-ca.crt";
const asUser = "--user application --no-auth-warning";
const withPassword = (command: string) => `REDISCLI_AUTH=$(cat /keys/redis-application/password) ${command}`;

/** The object store's commands with a tenant's keys. */
const s3 = (tenant: string, ...commands: string[]) =>
  [
    `export AWS_ACCESS_KEY_ID=$(cat /keys/${keysOf(tenant)}/access-key-id)`,
    `export AWS_SECRET_ACCESS_KEY=$(cat /keys/${keysOf(tenant)}/secret-access-key)`,
    `s3() { aws --endpoint-url https://objects.apg-object-store.svc:7070 s3api "$@"; }`,
    ...commands,
  ].join("\n");

export function dataRefusals(): void {
  before(() =>
    startProber(audio, "audio-processing", ["postgres-role-app", "redis-application", ...tenants.map(keysOf)]),
  );
  after(() => stopProber(audio));

  it("a tenant's role in another's schema", async () => {
    await answers(
      asTenant(
        "globex",
        "CREATE TABLE IF NOT EXISTS tenant_globex.live AS SELECT 'answered'; TABLE tenant_globex.live",
      ),
      /^answered$/m,
    );
    const denied = /permission denied for schema/;
    await refuses(asTenant("acme", "TABLE tenant_globex.live"), denied);
    await refuses(asTenant("acme", "SELECT 'answered' FROM audio_processing.items LIMIT 1"), denied);
    await refuses(inDatabase("TABLE tenant_globex.live"), denied);
    await answers(asTenant("globex", "DROP TABLE tenant_globex.live; SELECT 'answered'"), /^answered$/m);
  });

  it("a tenant's keys at another's bucket", async () => {
    const [own, other] = tenants;
    const put = (tenant: string) => `s3 put-object --bucket ${bucketOf(tenant)} --key live --body /tmp/live`;
    const get = (tenant: string) =>
      `s3 get-object --bucket ${bucketOf(tenant)} --key live /tmp/got >/dev/null && cat /tmp/got`;
    const list = (tenant: string) =>
      `s3 list-objects-v2 --bucket ${bucketOf(tenant)} --query "'answered'" --output text`;
    for (const tenant of tenants) {
      await answers(s3(tenant, "set -e", "echo answered >/tmp/live", put(tenant), get(tenant)), /^answered$/m);
    }
    const denied = /AccessDenied/;
    await refuses(s3(own, get(other)), denied);
    await refuses(s3(own, list(other)), denied);
    await refuses(s3(own, `${put(other)} && echo answered`), denied);
    await refuses(s3(own, list("shared-backup")), denied);
  });

  it("plain text to the database, at the pooler and at the primary", async () => {
    const sql = "SELECT 'answered'";
    await answers(inDatabase(sql), /^answered$/m);
    await refuses(psql("postgres-pooler-rw", "sslmode=disable", sql), /login rejected|no encryption|SSL required/);
    // The application reaches poolers alone, so the primary is asked from an instance.
    type Secret = { data: Record<string, string> };
    const { data } = await json<Secret>("-n", audio, "get", "secret", "postgres-role-app");
    const [login, password] = ["username", "password"].map((key) => Buffer.from(data[key]!, "base64").toString());
    const atPrimary = (tls: string) =>
      kubectl(
        [
          ...["-n", audio, "exec", "-i", "postgres-1", "-c", "postgres", "--", "sh", "-c"],
          `read -r PGPASSWORD; export PGPASSWORD; psql "host=postgres-rw user=${login} dbname=app ${tls}" -qAtc "${sql}"`,
        ],
        `${password}\n`,
      );
    const inOrder = await atPrimary("sslmode=verify-full sslrootcert=/controller/certificates/server-ca.crt");
    assert.match(inOrder.all, /^answered$/m);
    assert.match((await atPrimary("sslmode=disable")).all, /rejects connection .*no encryption/);
    await refuses(psql("postgres-rw", verified, sql), /timeout expired|timed out/);
  });

  for (const [what, host, port] of [
    ["the cache", "redis-0", 6379],
    ["its Sentinels", "sentinel-0", 26379],
  ] as const) {
    it(`${what}: plain text, no password, a wrong one`, async () => {
      await answers(withPassword(redis(host, port, overTls, asUser)), /^PONG$/m);
      const refused = async (script: string, words: RegExp) => {
        const { all } = await probe(audio, script);
        assert.match(all, words);
        assert.doesNotMatch(all, /PONG/);
      };
      await refused(withPassword(redis(host, port, asUser)), /closed|reset|I\/O error/i);
      await refused(redis(host, port, overTls), /NOAUTH/);
      await refused(`REDISCLI_AUTH=wrong ${redis(host, port, overTls, asUser)}`, /WRONGPASS|NOAUTH/);
    });
  }
}
