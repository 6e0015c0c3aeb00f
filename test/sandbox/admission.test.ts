// The admission policies in a real API server: that it compiles them, admits a good pod and refuses one for each reason.
// Objects are only tried (--dry-run=server), so that no pod has to start.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import {
  restrictHostAccess,
  restrictImages,
  restrictPods,
  restrictResources,
  restrictServices,
  restrictTokens,
} from "../../components/foundation/admission.ts";
import { startCluster, stopCluster } from "../../sandbox/cluster.ts";
import type { ClusterState } from "../../sandbox/cluster.ts";
import { record } from "../unit/recorder.ts";
import { tools } from "./tools.ts";

const registry = "registry.test/apg";
const image = `${registry}/api:1.2.3@sha256:${"0f".repeat(32)}`;
const amounts = { cpu: "500m", memory: "1Gi" };

interface Pod {
  metadata: Record<string, unknown>;
  spec: Record<string, unknown> & { containers: Record<string, unknown>[] };
}

const goodPod = (): Pod => ({
  metadata: { name: "tried", namespace: "guarded" },
  spec: {
    serviceAccountName: "own",
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true },
    containers: [
      {
        name: "main",
        image,
        resources: { requests: { ...amounts }, limits: { ...amounts } },
        securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      },
    ],
  },
});

/** What breaks a good pod, and what is said to it. */
const broken: readonly [string, (spec: Pod["spec"], main: Record<string, unknown>) => void, string][] = [
  ["root", (spec) => (spec.securityContext = {}), "every container needs securityContext.runAsNonRoot: true"],
  ["user 0", (spec) => (spec.securityContext = { runAsNonRoot: true, runAsUser: 0 }), "no container may run as user 0"],
  [
    "gaining rights",
    (_, main) => (main.securityContext = { readOnlyRootFilesystem: true }),
    "every container needs securityContext.allowPrivilegeEscalation: false",
  ],
  ["the node's processes", (spec) => (spec.hostPID = true), "hostNetwork, hostPID and hostIPC may not be set"],
  [
    "the node's ports",
    (_, main) => (main.ports = [{ containerPort: 80, hostPort: 80 }]),
    "no container may have a hostPort",
  ],
  [
    "the node's files",
    (spec) => (spec.volumes = [{ name: "node", hostPath: { path: "/" } }]),
    "no volume may be a hostPath",
  ],
  ["no requests", (_, main) => (main.resources = { limits: {} }), "every container needs resources.requests"],
  [
    "no limits",
    (_, main) => (main.resources = { requests: { ...amounts } }),
    "every container needs resources.limits of cpu and memory",
  ],
  ["a token", (spec) => delete spec.automountServiceAccountToken, "the pod needs automountServiceAccountToken: false"],
  ["the account default", (spec) => delete spec.serviceAccountName, "the pod needs a service account of its own"],
  [
    "another registry",
    (_, main) => (main.image = image.replace("apg/", "apg2/")),
    `images from ${registry} alone may run`,
  ],
  ["latest", (_, main) => (main.image = image.replace("1.2.3", "latest")), "every image needs a semantic version"],
  ["no version", (_, main) => (main.image = image.replace(":1.2.3", "")), "every image needs a semantic version"],
  [
    "PostgreSQL's version and no digest",
    (_, main) => (main.image = image.replace(/1\.2\.3@.*/, "15.17")),
    "every image needs a semantic version",
  ],
  ["no digest", (_, main) => (main.image = image.replace(/@.*/, "")), "every image needs its digest"],
  [
    "a bad container before the others",
    (spec, main) => (spec.initContainers = [{ ...main, name: "first", image: "nginx:1.2.3" }]),
    `images from ${registry} alone may run`,
  ],
];

describe("the admission policies in a cluster", function () {
  this.timeout(150_000);
  let dir: string;
  let state: ClusterState;
  const kubectl = (args: string[], input?: object) =>
    execa(tools("kubectl"), args, {
      env: state.environment,
      reject: false,
      ...(input && { input: JSON.stringify(input) }),
    });
  const tried = async (object: object) => {
    const { exitCode, stderr } = await kubectl(["create", "--dry-run=server", "--filename=-"], object);
    return exitCode === 0 ? "admitted" : stderr;
  };
  const pod = ({ metadata, spec }: Pod) => tried({ apiVersion: "v1", kind: "Pod", metadata, spec });

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "apg-admission-"));
    state = await startCluster({ dir, tools });
    const { resources } = await record(() => {
      restrictPods("f", {});
      restrictHostAccess("f", {});
      restrictResources("f", {});
      restrictTokens("f", {});
      restrictServices("f", {});
      restrictImages("f", { registries: [registry] }, {});
    });
    const namespaces = ["guarded", "free"].map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels: name === "guarded" ? { "apg.io/capability": "audio-processing" } : {} },
    }));
    const items = [...namespaces, ...resources.map(({ inputs }) => inputs)];
    const { exitCode, stderr } = await kubectl(["apply", "--filename=-"], { apiVersion: "v1", kind: "List", items });
    assert.equal(exitCode, 0, stderr);
    for (const namespace of ["guarded", "free"])
      await kubectl(["create", "serviceaccount", "own", "--namespace", namespace]);
    // The API server takes a moment to obey a new policy.
    for (let refused = 0; refused < broken.length;) {
      refused = 0;
      for (const [, breaks] of broken) {
        const bad = goodPod();
        breaks(bad.spec, bad.spec.containers[0]!);
        if ((await pod(bad)) !== "admitted") refused += 1;
        else break;
      }
    }
  });
  after(async () => {
    await stopCluster({ dir });
    await rm(dir, { recursive: true });
  });

  it("admit a good pod", async () => assert.equal(await pod(goodPod()), "admitted"));

  for (const [what, breaks, message] of broken) {
    it(`refuse a pod with ${what}`, async () => {
      const bad = goodPod();
      breaks(bad.spec, bad.spec.containers[0]!);
      const said = await pod(bad);
      assert.ok(said.includes(`denied request: ${message}`), said);
    });
  }

  it("admit PostgreSQL's versions, which have two numbers, by their digest", async () => {
    for (const version of ["15.17", "15.17-202605110912-system-bookworm"]) {
      const database = goodPod();
      database.spec.containers[0]!.image = image.replace("1.2.3", version);
      assert.equal(await pod(database), "admitted");
    }
  });

  it("admit a token for a reason, and for pods of the database's operator", async () => {
    for (const [kind, key] of [
      ["annotations", "apg.io/calls-kubernetes-api"],
      ["labels", "cnpg.io/cluster"],
    ] as const) {
      const calling = goodPod();
      delete calling.spec.automountServiceAccountToken;
      calling.metadata[kind] = { [key]: "reads-its-cluster" };
      assert.equal(await pod(calling), "admitted");
    }
  });

  it("refuse services that are reached from outside, and admit others", async () => {
    const service = (spec: object) =>
      tried({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "tried", namespace: "guarded" },
        spec: { ports: [{ port: 80 }], ...spec },
      });
    assert.equal(await service({}), "admitted");
    for (const type of ["LoadBalancer", "NodePort"])
      assert.ok((await service({ type })).includes("a Service in a capability's namespace is of type ClusterIP"), type);
    const external = await service({ externalIPs: ["192.0.2.1"] });
    assert.ok(external.includes("a Service in a capability's namespace has no externalIPs"), external);
  });

  it("leave the namespaces of the cluster itself alone", async () => {
    const bad = goodPod();
    bad.metadata.namespace = "free";
    bad.spec.containers[0]!.image = "nginx";
    assert.equal(await pod(bad), "admitted");
  });
});
