import assert from "node:assert/strict";
import * as fc from "fast-check";
import { networkOf, nodeAddress, overlap, podRange, serviceAddress, slots } from "../../../sandbox/network.ts";
import { reservedOf } from "../../../sandbox/nodes/configs.ts";
import { groupsIn, imagesIn, says } from "../../../sandbox/plan.ts";
import { Pauses } from "../../../sandbox/supervisor.ts";

describe("the addresses of a sandbox", () => {
  it("are its own: no two slots share one", () => {
    const ranges = Array.from({ length: slots }, (_, slot) => networkOf(slot)).flatMap(({ nodes, pods, services }) => [
      nodes,
      pods,
      services,
    ]);
    ranges.forEach((one, index) => {
      for (const other of ranges.slice(index + 1)) assert.ok(!overlap(one, other), `${one} and ${other}`);
    });
  });

  it("lie in the ranges that are kept on the machine", () => {
    const slot = fc.integer({ min: 0, max: slots - 1 });
    fc.assert(
      fc.property(slot, fc.integer({ min: 1, max: 200 }), (of, number) => {
        const network = networkOf(of);
        assert.ok(overlap(nodeAddress(network, number), network.nodes));
        assert.ok(overlap(podRange(network, number), network.pods));
        assert.ok(overlap(serviceAddress(network, number), network.services));
        assert.ok(overlap(network.host, network.nodes));
        assert.notEqual(nodeAddress(network, number), network.host);
      }),
    );
  });

  it("overlap where they have an address in common", () => {
    assert.ok(overlap("10.0.0.0/8", "10.1.2.3"));
    assert.ok(overlap("10.1.2.3", "10.1.2.3/32"));
    assert.ok(!overlap("10.0.0.0/9", "10.128.0.0/9"));
  });
});

describe("a node's share of the machine", () => {
  it("leaves a tenth of the memory to the control plane and the user, however many nodes there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 6, max: 512 }), (nodes, gibibytes) => {
        const machine = gibibytes * 2 ** 30;
        const reserved = Number.parseInt(reservedOf(machine, nodes).memory) * 2 ** 20;
        const shares = nodes * (machine - reserved);
        assert.ok(shares <= machine * 0.91 && shares >= machine * 0.89, `${shares} of ${machine}`);
      }),
    );
  });
});

describe("the supervisor's patience", () => {
  it("starts a process again at once, then after longer and longer pauses, half a minute at the most", () => {
    const pauses = new Pauses();
    const starts: number[] = [];
    for (let second = 0; second < 200; second++) if (pauses.mayStart("etcd", second * 1000)) starts.push(second);
    const gaps = starts.slice(1).map((start, index) => start - starts[index]!);
    assert.equal(starts[0], 0);
    assert.deepEqual(gaps.slice(0, 5), [1, 2, 4, 8, 16]);
    assert.ok(
      gaps.slice(5).every((gap) => gap === 30),
      String(gaps),
    );
  });

  it("forgives a process that has lived for a minute", () => {
    const pauses = new Pauses();
    for (const second of [0, 1, 3, 7]) assert.ok(pauses.mayStart("kwok", second * 1000));
    assert.ok(pauses.mayStart("kwok", 68_000));
    assert.ok(pauses.mayStart("kwok", 69_000));
  });

  it("keeps processes apart", () => {
    const pauses = new Pauses();
    assert.ok(pauses.mayStart("one", 0));
    assert.ok(pauses.mayStart("two", 0));
    assert.ok(!pauses.mayStart("one", 1));
  });
});

describe("the images of a plan", () => {
  it("are those of every container and of whatever else names one, each once", () => {
    const step = (inputs: object) => ({ newState: { inputs } });
    const plan = {
      steps: [
        step({ spec: { template: { spec: { containers: [{ image: "b:1" }], initContainers: [{ image: "a:1" }] } } } }),
        step({ spec: { imageName: "postgresql:15", image: { nested: "no" } } }),
        step({ spec: { containers: [{ image: "b:1" }] } }),
        { newState: {} },
        {},
      ],
    };
    assert.deepEqual(imagesIn(plan), ["a:1", "b:1", "postgresql:15"]);
    assert.deepEqual(imagesIn({}), []);
  });

  it("come with the groups of its resources, so that it is known whom to stand in for", () => {
    const types = [
      "kubernetes:cert-manager.io/v1:Certificate",
      "kubernetes:apps/v1:Deployment",
      "kubernetes:core/v1:Secret",
    ];
    const plan = { steps: [...types, "apg:capability:Application"].map((type) => ({ newState: { type } })) };
    assert.deepEqual(groupsIn(plan), ["apps", "cert-manager.io", "core"]);
  });

  it("come with the servers that it names, wherever it does", () => {
    const plan = (inputs: object) => ({ steps: [{ newState: { inputs } }] });
    const host = "objects.apg-object-store.svc";
    assert.ok(says(plan({ data: { S3_ENDPOINT: `https://${host}:7070` } }), host));
    assert.ok(says(plan({ spec: { args: ["--url", `https://${host}`] } }), host));
    assert.ok(!says(plan({ data: { S3_ENDPOINT: "https://s3.eu-central-1.amazonaws.com" } }), host));
    assert.ok(!says({ steps: [{ newState: {} }, {}] }, host));
    assert.ok(!says({}, host));
  });
});
