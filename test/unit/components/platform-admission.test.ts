// What the cluster itself keeps true of capabilities' namespaces, and the mesh of them.
import assert from "node:assert/strict";
import { meshNamespace } from "../../../components/platform/mesh.ts";
import { bare, declare, every, registries, types } from "./platform-fixtures.ts";

describe("what the cluster refuses in capabilities' namespaces", function () {
  this.timeout(30_000);
  const refused = async (more: object) => {
    const { paths } = await declare({ ...bare, admission: { registries, ...more } });
    return paths.filter((path) => path.startsWith(`${types.policy}::`));
  };
  const policies = (...names: string[]) => names.map((name) => `${types.policy}::platform-${name}`);

  const switches = {
    hostAccess: "host-access",
    images: "images",
    resources: "resources",
    services: "services",
    tokens: "tokens",
  };
  for (const [key, name] of Object.entries(switches)) {
    it(`is all but ${name} where ${key} is off`, async () => {
      assert.deepEqual(await refused({ [key]: false }), policies(...every.filter((each) => each !== name)));
    });
  }

  it("is everything by default, and no image where no registry is named", async () => {
    assert.deepEqual(await refused({}), policies(...every));
    assert.deepEqual(await refused({ registries: [] }), policies(...every.filter((each) => each !== "images")));
  });

  it("admits images of the registries, and of the databases' operator", async () => {
    const { resources } = await declare({ ...bare, admission: { registries } });
    const images = resources.filter(({ type, name }) => type === types.policy && name === "platform-images");
    const text = JSON.stringify(images);
    for (const each of [...registries, "ghcr.io/cloudnative-pg"]) assert.ok(text.includes(each), each);
  });
});

describe("meshNamespace", () => {
  const peer = (name: string) => ({ namespace: `apg-${name}-prod`, podLabels: { "app.kubernetes.io/name": name } });
  const args = {
    capability: "audio-processing",
    environment: "prod",
    image: "apg/audio:1.0.0",
    port: 9000,
    acceptsFrom: [{ name: "gateway", peer: peer("gateway") }],
    connectsTo: [{ name: "computer-vision", peer: peer("computer-vision"), ports: [8080] }],
  };
  const dataPlatform = { images: { postgres: "", pgbouncer: "", redis: "", tools: "" } } as never;

  it("has the capability's own edges, and the port of its probes", () => {
    assert.deepEqual(meshNamespace(args), {
      name: "audio-processing",
      namespace: "apg-audio-processing-prod",
      acceptsFrom: [{ name: "gateway", peer: peer("gateway"), ports: [9000] }],
      connectsTo: args.connectsTo,
      probePorts: [9000],
    });
    assert.deepEqual(meshNamespace({ capability: "a", environment: "prod", image: "a:1.0.0" }), {
      name: "a",
      namespace: "apg-a-prod",
      acceptsFrom: [],
      connectsTo: [],
      probePorts: [8080],
    });
  });

  it("lets the operator of databases in where there are some, and whoever reads metrics where it is named", () => {
    const names = (of: object) =>
      meshNamespace({ ...args, ...of }).acceptsFrom!.map(({ name, ports }) => [name, ports]);
    assert.deepEqual(names({ dataPlatform }), [
      ["gateway", [9000]],
      ["operator", [8000]],
    ]);
    const monitoring = { peer: peer("prometheus") };
    const watched = { dataPlatform: { ...(dataPlatform as object), monitoring } };
    assert.deepEqual(names(watched), [
      ["gateway", [9000]],
      ["operator", [8000]],
      ["monitoring", [9187, 9127, 9121]],
    ]);
    const { acceptsFrom = [] } = meshNamespace({ ...args, ...watched } as never);
    assert.deepEqual(acceptsFrom[2]!.peer, peer("prometheus"));
    assert.deepEqual(acceptsFrom[1]!.peer, {
      namespace: "cnpg-system",
      podLabels: { "app.kubernetes.io/name": "cloudnative-pg" },
    });
  });
});
