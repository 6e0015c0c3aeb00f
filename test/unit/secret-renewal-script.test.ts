// Runs the script that replaces pods against a server that answers as the API server does for one Deployment.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dirname, "../../components/capability/scripts/secret-renewal.sh");
const annotation = "apg.io/secrets";
type Template = { metadata: { annotations?: Record<string, string> } };

describe("the script that replaces pods", () => {
  let directory: string;
  let server: Server;
  let calls: { method: string; url: string; type: string; token: string }[];
  let template: Template;
  let refuses: boolean;

  const put = (path: string, text: string) => writeFileSync(join(directory, path), text);
  beforeEach((done) => {
    directory = mkdtempSync(join(tmpdir(), "secret-renewal-"));
    for (const folder of ["account", "versions"]) mkdirSync(join(directory, folder));
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-out", "account/ca.crt"];
    assert.equal(spawnSync("openssl", ["req", "-x509", ...key, ...subject], { cwd: directory }).status, 0);
    put("account/token", "token of the pod");
    put("versions/postgres-role-app", "one");
    put("versions/redis-application", "one");
    calls = [];
    template = { metadata: {} };
    refuses = false;
    const tls = {
      key: readFileSync(join(directory, "key.pem")),
      cert: readFileSync(join(directory, "account/ca.crt")),
    };
    server = createServer(tls, (request, response) => {
      const { method = "", url = "", headers } = request;
      calls.push({ method, url, type: headers["content-type"] ?? "", token: headers.authorization ?? "" });
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        if (method === "PATCH") {
          const { annotations } = (JSON.parse(body) as { spec: { template: Template } }).spec.template.metadata;
          template.metadata.annotations = { ...template.metadata.annotations, ...annotations };
        }
        response.writeHead(refuses ? 403 : 200, { "content-type": "application/json" });
        response.end(JSON.stringify({ spec: { template } }));
      });
    }).listen(0, "127.0.0.1", done);
  });
  afterEach((done) => {
    rmSync(directory, { recursive: true });
    server.close(done);
  });

  const run = () =>
    new Promise<number | null>((resolve) => {
      const env = {
        PATH: process.env.PATH ?? "",
        NAMESPACE: "apg-audio-prod",
        DEPLOYMENT: "audio-api",
        ANNOTATION: annotation,
        VERSIONS: join(directory, "versions"),
        ACCOUNT: join(directory, "account"),
        KUBERNETES_SERVICE_HOST: "127.0.0.1",
        KUBERNETES_SERVICE_PORT: String((server.address() as AddressInfo).port),
      };
      spawn("bash", [script], { env, stdio: "ignore" }).on("exit", resolve);
    });
  const methods = () => calls.map(({ method }) => method);

  it("changes the Deployment's template once, and not again as long as the Secrets stay as they are", async () => {
    template.metadata.annotations = { other: "kept" };
    assert.equal(await run(), 0);
    assert.equal(await run(), 0);
    assert.deepEqual(methods(), ["GET", "PATCH", "GET"]);
    const path = "/apis/apps/v1/namespaces/apg-audio-prod/deployments/audio-api";
    assert.deepEqual(calls[1], {
      method: "PATCH",
      url: `${path}?fieldManager=apg-secret-renewal`,
      type: "application/merge-patch+json",
      token: "Bearer token of the pod",
    });
    assert.equal(template.metadata.annotations.other, "kept");
    assert.match(template.metadata.annotations[annotation]!, /^[0-9a-f]{64}$/);
  });

  it("does so again when one Secret has another value, and when there is one more", async () => {
    const seen = new Set<string | undefined>();
    for (const change of [
      () => undefined,
      () => put("versions/redis-application", "two"),
      () => put("versions/speech", "one"),
    ]) {
      change();
      assert.equal(await run(), 0);
      seen.add(template.metadata.annotations?.[annotation]);
    }
    assert.equal(seen.size, 3);
    assert.deepEqual(methods(), ["GET", "PATCH", "GET", "PATCH", "GET", "PATCH"]);
  });

  it("fails when it is refused, so that somebody hears of it", async () => {
    refuses = true;
    assert.notEqual(await run(), 0);
    assert.deepEqual(methods(), ["GET"]);
  });
});
