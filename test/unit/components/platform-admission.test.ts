// What the cluster itself keeps true of capabilities' namespaces, and the mesh of them.
import assert from "node:assert/strict";
import { meshNamespace } from "../../../components/platform/mesh.ts";
import type { OperatorImagesArgs } from "../../../components/operators/images.ts";
import type { PlatformConfig } from "../../../components/platform/config.ts";
import { bare, declare, every, full, registries, removeCharts, types, writeCharts } from "./platform-fixtures.ts";

describe("what the cluster refuses in capabilities' namespaces", function () {
  this.timeout(30_000);
  before(writeCharts);
  after(removeCharts);
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

  const imagePolicy = async (config: PlatformConfig) => {
    const recording = await declare(config);
    const { spec } = recording.inputs(types.policy, "platform-images") as {
      spec: { validations: { expression: string; message: string }[] };
    };
    return spec.validations;
  };
  const copy = (name: string) => `${registries[0]}/mirror/${name}:1.2.3@sha256:${"ab".repeat(32)}`;
  const images = { cloudnativePg: copy("cnpg"), barmanSidecar: copy("barman"), envoyGateway: copy("gateway") };

  it("admits images of the registries alone, by their digest, where operators' images have copies there", async () => {
    const config = { ...bare, admission: { registries }, operators: { managed: true, images } };
    const [where, version, digest] = await imagePolicy(config);
    assert.equal(
      where!.expression,
      `variables.containers.all(c, ["${registries[0]}/"].exists(r, c.image.startsWith(r)))`,
    );
    assert.ok(version!.message.includes("semantic version"));
    assert.ok(digest!.message.includes("@sha256:"));
  });

  it("admits what operators start from where their charts have it, and by a version, where there is no copy", async () => {
    const from = async (of: OperatorImagesArgs) => {
      const config = { ...bare, admission: { registries }, operators: { managed: true, images: of } };
      const validations = await imagePolicy(config);
      assert.equal(validations.length, 2);
      return JSON.parse(/\[.*?\]/.exec(validations[0]!.expression)![0]) as string[];
    };
    const own = `${registries[0]}/`;
    assert.deepEqual(await from({}), [own, "ghcr.io/cloudnative-pg/", "docker.io/envoyproxy/"]);
    assert.deepEqual(await from({ envoyGateway: images.envoyGateway }), [own, "ghcr.io/cloudnative-pg/"]);
    const { cloudnativePg, barmanSidecar } = images;
    assert.deepEqual(await from({ cloudnativePg, barmanSidecar }), [own, "docker.io/envoyproxy/"]);
  });

  it("leaves what nobody signs for to whoever refuses other registries", async () => {
    const unmatched = async (config: PlatformConfig) =>
      JSON.stringify((await declare(config)).inputs(types.chart, "operators-policy-controller")["values"]);
    assert.match(await unmatched(full), /"no-match-policy":"warn"/);
    for (const admission of [undefined, { registries, images: false }, { registries: [] }])
      assert.match(await unmatched({ ...full, admission }), /"no-match-policy":"deny"/);
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
