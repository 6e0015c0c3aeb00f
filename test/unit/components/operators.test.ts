import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { clusterStateDefaults } from "../../../components/data/backup/policy.ts";
import { gatewayPodsDefaults } from "../../../components/edge/args.ts";
import { certManager } from "../../../components/edge/names.ts";
import { clusterDefaults } from "../../../components/foundation/cluster/args.ts";
import { chartNames, charts } from "../../../components/operators/charts.ts";
import { startedImageNames, startedImages } from "../../../components/operators/images.ts";
import { policyController } from "../../../components/operators/names.ts";
import { operatorNamespaces } from "../../../components/operators/namespaces.ts";
import { chosenCharts, inOrder, leftOut, Operators } from "../../../components/operators/operators.ts";
import type { OperatorsArgs } from "../../../components/operators/operators.ts";
import { homeOf, unreachableCharts, vendoredFile } from "../../../components/operators/reachable.ts";
import { chartValues } from "../../../components/operators/values.ts";
import { meshDefaults } from "../../../components/security/mesh.ts";
import { secretsDefaults } from "../../../components/security/secrets/args.ts";
import { operators as schema } from "../../../config/operators-schema.ts";
import { record, refusal, valueOf } from "../recorder.ts";

const args: OperatorsArgs = {
  clusterName: "apg-prod",
  region: "eu-central-1",
  vpcId: "vpc-1",
  environment: "prod",
  cidr: "10.20.0.0/16",
  internet: ["203.0.113.0/24"],
  monitoring: { namespace: "apg-observability", podLabels: { "app.kubernetes.io/name": "prometheus" } },
};
const operators = (given: Partial<OperatorsArgs> = {}) => new Operators("operators", { ...args, ...given });
const chartType = "kubernetes:helm.sh/v4:Chart";
const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const nowhere = { name: "keda", reason: "https://kedacore.github.io/charts/index.yaml cannot be reached" };

/** What values are made from besides whether Prometheus is there. */
const context = {
  clusterName: "c",
  region: "r",
  vpcId: "v",
  interruptionQueue: "q",
  images: {},
  refuseUnmatchedImages: true,
} as const;
const digest = `@sha256:${"ab".repeat(32)}`;

type Rules = { from?: object[]; to?: object[]; ports?: { port: number }[] }[];
/** Values of charts, as far as they are looked into. */
type Values = Record<string, Record<string, unknown> | undefined>;
interface Policy {
  metadata: { name: string; namespace: string };
  spec: { podSelector: object; policyTypes: string[]; ingress?: Rules; egress?: Rules };
}

describe("the charts of operators", () => {
  it("are pinned to one version each, from a repository by https or an oci registry", () => {
    for (const { name, chart, repository, version } of charts) {
      assert.match(version, /^v?\d+\.\d+\.\d+$/, name);
      assert.match(repository ?? chart, repository === undefined ? /^oci:\/\// : /^https:\/\//, name);
    }
    assert.equal(new Set(chartNames).size, charts.length);
  });

  it("have values, a namespace that is described, and come after charts that are there", () => {
    assert.deepEqual(Object.keys(chartValues).sort(), [...chartNames].sort());
    const homes = operatorNamespaces.map(({ name }) => name);
    for (const { name, namespace, after } of charts) {
      assert.ok(homes.includes(namespace), name);
      assert.deepEqual(
        after.filter((other) => !chartNames.includes(other)),
        [],
        name,
      );
    }
    for (const home of homes) assert.ok(charts.some(({ namespace }) => namespace === home));
  });

  it("say of each namespace that is not restricted why", () => {
    const lax = operatorNamespaces.filter(({ level }) => level !== "restricted");
    assert.deepEqual(
      lax.map(({ name, reason }) => [name, reason !== undefined]),
      [["istio-system", true]],
    );
  });

  it("are put in an order in which each comes after those that it needs", () => {
    for (const wanted of [charts, charts.toReversed()]) {
      const names = inOrder(wanted).map(({ name }) => name);
      assert.equal(names.length, charts.length);
      for (const { name, after } of charts)
        for (const other of after) assert.ok(names.indexOf(other) < names.indexOf(name), `${other} before ${name}`);
    }
  });

  it("are chosen by name, and none where somebody else installs them", () => {
    assert.deepEqual(chosenCharts({ managed: true }), []);
    assert.deepEqual(
      chosenCharts({ install: ["keda", "velero"] }).map(({ name }) => name),
      ["velero", "keda"],
    );
  });

  it("describe what Prometheus reads only where it is", () => {
    for (const name of chartNames) {
      const described = /"(enabled|podMonitorEnabled|selfMonitor)":true/;
      const monitors = (metrics: boolean) =>
        JSON.stringify(chartValues[name]!({ ...context, metrics }), (key, value: unknown) =>
          /monitor/i.test(key) || value instanceof Object ? value : undefined,
        );
      assert.doesNotMatch(monitors(false), described, name);
    }
  });
});

describe("the operators' pods", () => {
  it("are where the roles of AWS expect them", () => {
    const home = (of: string) => charts.find(({ name }) => name === of)!.namespace;
    assert.equal(home("cert-manager"), certManager.namespace);
    assert.equal(home("aws-load-balancer-controller"), clusterDefaults.operatorNamespace);
    assert.equal(home("karpenter"), clusterDefaults.operatorNamespace);
    assert.equal(home("external-secrets"), secretsDefaults.operatorNamespace);
    assert.equal(home("velero"), clusterStateDefaults.namespace);
    assert.equal(home("policy-controller"), policyController.namespace);
    assert.equal(home("istiod"), meshDefaults.rootNamespace);
    assert.equal(home("envoy-gateway"), gatewayPodsDefaults.controller.namespace);
  });
});

describe("Operators", () => {
  it("installs every chart, in its namespace, after what it needs", async () => {
    const recording = await record(() => operators());
    const installed = recording.resources.filter(({ type }) => type === chartType);
    assert.equal(installed.length, charts.length);
    assert.deepEqual(await valueOf(recording.value.installed), [...chartNames].sort());
    const { chart, version, repositoryOpts, namespace } = recording.inputs(chartType, "operators-keda");
    assert.deepEqual(
      [chart, version, repositoryOpts, namespace],
      ["keda", "2.21.1", { repo: "https://kedacore.github.io/charts" }, "keda"],
    );
    const before = recording.dependencies(chartType, "operators-plugin-barman-cloud");
    for (const other of ["cert-manager", "cloudnative-pg"])
      assert.ok(before.includes(`${chartType}::operators-${other}`));
    assert.ok(
      before.includes(`${policyType}::operators-cnpg-system-default-deny`),
      "nothing starts before it is isolated",
    );
  });

  it("gives every namespace a level of pod security, a quota, limits and policies that deny by default", async () => {
    const { resources } = await record(() => operators());
    const namespaces = resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
    const named = ({ inputs }: { inputs: unknown }) =>
      (inputs as { metadata: { namespace: string } }).metadata.namespace;
    for (const { inputs } of namespaces) {
      const { name, labels } = inputs["metadata"] as { name: string; labels: Record<string, string> };
      const home = operatorNamespaces.find((each) => each.name === name)!;
      assert.equal(labels["pod-security.kubernetes.io/enforce"], home.level);
      assert.match(labels["pod-security.kubernetes.io/enforce-version"]!, /^v1\.\d+$/);
      for (const type of ["kubernetes:core/v1:ResourceQuota", "kubernetes:core/v1:LimitRange"])
        assert.equal(
          resources.filter((each) => each.type === type && named(each) === name).length,
          1,
          `${type} ${name}`,
        );
      const policies = resources.filter((each) => each.type === policyType && named(each) === name);
      assert.ok(
        policies.some(
          ({ inputs: policy }) =>
            JSON.stringify(policy["spec"]) === '{"podSelector":{},"policyTypes":["Ingress","Egress"]}',
        ),
        name,
      );
    }
    assert.equal(namespaces.length, operatorNamespaces.filter(({ pods }) => pods === undefined).length);
    // The cluster's own namespace stays as it is, but for the operators' pods in it.
    const isolated = resources.filter((each) => each.type === policyType && named(each) === "kube-system");
    for (const { inputs } of isolated)
      assert.deepEqual(Object.keys((inputs as unknown as Policy).spec.podSelector), ["matchLabels"]);
    assert.equal(isolated.filter(({ name }) => name.endsWith("-deny")).length, 2);
  });

  it("declares the accounts of those who have a role on AWS, which their charts then do not", async () => {
    const { resources } = await record(() => operators());
    const accounts = resources
      .filter(({ type }) => type === "kubernetes:core/v1:ServiceAccount")
      .map(({ inputs }) => inputs["metadata"] as { name: string; namespace: string })
      .map(({ name, namespace }) => `${namespace}/${name}`);
    assert.deepEqual(accounts.sort(), [
      "cert-manager/cert-manager",
      "cosign-system/policy-controller-webhook",
      "external-secrets/external-secrets",
      "kube-system/aws-load-balancer-controller",
      "kube-system/karpenter",
      "velero/velero",
    ]);
    for (const each of accounts) {
      const name = each.split("/")[1]!;
      const chart = charts.findLast(({ name: of }) => name.startsWith(of))!.name;
      const values = JSON.stringify(chartValues[chart]!({ ...context, metrics: true }));
      assert.match(values, new RegExp(`"create":false,"name":"${name}"`));
    }
  });

  it("lets nobody be called without a peer that is named, and nobody call the internet who need not", async () => {
    const { resources } = await record(() => operators());
    const policies = resources
      .filter(({ type }) => type === policyType)
      .map(({ inputs }) => inputs as unknown as Policy);
    for (const { spec } of policies)
      for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
        assert.ok([...(rule.from ?? []), ...(rule.to ?? [])].length > 0);
        assert.ok((rule.ports ?? []).length > 0);
      }
    const callers = policies.filter(({ metadata }) => metadata.name.includes("allow-to-internet"));
    assert.deepEqual(callers.map(({ metadata }) => metadata.namespace).sort(), [
      "cert-manager",
      "cosign-system",
      "kube-system",
      "kube-system",
    ]);
  });

  it("has others make what Envoy Gateway's hook would have made", async () => {
    const recording = await record(() => operators());
    const secrets = recording.resources
      .filter(({ type }) => type === "kubernetes:cert-manager.io/v1:Certificate")
      .map(({ inputs }) => (inputs["spec"] as { secretName: string }).secretName);
    assert.deepEqual(secrets.sort(), ["envoy", "envoy-gateway", "envoy-gateway-ca", "envoy-rate-limit"]);
    const before = recording.dependencies(chartType, "operators-envoy-gateway");
    assert.ok(before.includes("kubernetes:cert-manager.io/v1:Certificate::operators-gateway-envoy"));
    assert.ok(before.includes("kubernetes:external-secrets.io/v1:ExternalSecret::operators-gateway-salt"));
    const { target } = recording.inputs("kubernetes:external-secrets.io/v1:ExternalSecret").spec as {
      target: { name: string; template: { data: object } };
    };
    assert.deepEqual([target.name, Object.keys(target.template.data)], ["envoy-oidc-hmac", ["hmac-secret"]]);
  });

  it("starts copies in capabilities' namespaces where there are some", async () => {
    const registry = "registry.example/mirror";
    const images = {
      cloudnativePg: `${registry}/cloudnative-pg/cloudnative-pg:1.30.1${digest}`,
      barmanSidecar: `${registry}/cloudnative-pg/plugin-barman-cloud-sidecar:v0.15.1${digest}`,
      envoyGateway: `${registry}/envoyproxy/gateway:v1.9.1${digest}`,
    };
    const values = async (given: Partial<OperatorsArgs>, release: string) =>
      (await record(() => operators(given))).inputs(chartType, `operators-${release}`).values as Values;
    const { image } = await values({ images }, "cloudnative-pg");
    assert.deepEqual(image, { repository: `${registry}/cloudnative-pg/cloudnative-pg`, tag: `1.30.1${digest}` });
    assert.deepEqual((await values({ images }, "plugin-barman-cloud")).sidecarImage, {
      registry: "registry.example",
      repository: "mirror/cloudnative-pg/plugin-barman-cloud-sidecar",
      tag: `v0.15.1${digest}`,
    });
    const gateway = await values({ images }, "envoy-gateway");
    assert.deepEqual(gateway.global, { images: { envoyGateway: { image: images.envoyGateway } } });
    const helper = ({ config }: Values) =>
      (config as { envoyGateway: { provider: { kubernetes: { shutdownManager: object } } } }).envoyGateway.provider
        .kubernetes.shutdownManager;
    assert.deepEqual(helper(gateway), { image: images.envoyGateway });

    for (const release of ["cloudnative-pg", "plugin-barman-cloud"])
      assert.doesNotMatch(JSON.stringify(await values({}, release)), /mage/);
    assert.deepEqual(helper(await values({}, "envoy-gateway")), { image: "docker.io/envoyproxy/gateway:v1.9.1" });
    for (const name of startedImageNames) assert.ok(chartNames.includes(startedImages[name].release), name);
  });

  it("has the check of signatures refuse what nobody signs for, unless somebody else refuses it", async () => {
    const webhook = async (given: Partial<OperatorsArgs>) =>
      ((await record(() => operators(given))).inputs(chartType, "operators-policy-controller").values as Values)
        .webhook!;
    const { configData, podSecurityContext } = await webhook({});
    assert.deepEqual(configData, { "no-match-policy": "deny" });
    // Its namespace is restricted, and the chart says neither.
    assert.deepEqual(podSecurityContext, { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    assert.deepEqual((await webhook({ refuseUnmatchedImages: false })).configData, { "no-match-policy": "warn" });
  });

  it("refuses copies that could be moved, or are of no registry", async () => {
    const given = { cloudnativePg: "registry.example/cnpg:1.30.1", envoyGateway: `gateway:1.9.1${digest}` };
    assert.deepEqual(await refusal(() => operators({ images: given })), [
      'operators.images.cloudnativePg: registry.example/cnpg:1.30.1 given; it has no digest, which only the sandbox may leave out, "repository:1.2.3@sha256:<64 hex digits>" is accepted (AUD-INFRA-01, CV-IMG-05).',
      `operators.images.envoyGateway: gateway:1.9.1${digest} given; it has no registry, registry.example/repository:1.2.3@sha256:<64 hex digits> is accepted (CV-IMG-04).`,
    ]);
  });

  it("declares nothing where somebody else installs them", async () => {
    const { paths, value } = await record(() => operators({ managed: true, unreachable: [nowhere] }));
    assert.deepEqual(paths, ["apg:operators:Operators::operators"]);
    assert.deepEqual(value.ready, []);
  });

  it("takes charts from a folder", async () => {
    const recording = await record(() => operators({ chartFolder: "/charts" }));
    const { chart, version, repositoryOpts } = recording.inputs(chartType, "operators-karpenter");
    assert.deepEqual([chart, version, repositoryOpts], ["/charts/karpenter-1.15.0.tgz", undefined, undefined]);
  });

  it("leaves a chart that cannot be fetched out of a preview, and keeps its namespace", async () => {
    const { resources } = await record(() => {
      (pulumi.runtime as unknown as { _setIsDryRun(value: boolean): void })._setIsDryRun(true);
      return operators({ unreachable: [nowhere] });
    });
    const names = resources.filter(({ type }) => type === chartType).map(({ name }) => name);
    assert.equal(names.length, charts.length - 1);
    assert.ok(!names.includes("operators-keda"));
    assert.ok(resources.some(({ name }) => name === "operators-keda"));
    assert.equal(
      leftOut([nowhere]),
      "Left out of this plan: keda 2.21.1 of https://kedacore.github.io/charts (https://kedacore.github.io/charts/index.yaml " +
        "cannot be reached); apg:operators.chartFolder takes a folder of charts that were fetched elsewhere, and " +
        "apg:operators.managed leaves them to somebody else.",
    );
  });

  it("refuses an update with charts that cannot be fetched, one line each", async () => {
    const lines = await refusal(() => operators({ unreachable: [nowhere, { name: "velero", reason: "gone" }] }));
    assert.equal(lines.length, 2);
    assert.match(
      lines[1]!,
      /^operators\.install\.velero: chart velero 12\.2\.1 of https:.* cannot be installed, as gone; apg/,
    );
    await record(() => operators({ install: ["velero"], unreachable: [nowhere] }));
  });

  it("refuses unknown releases, ports that are none, and the whole world", async () => {
    assert.deepEqual(
      (await refusal(() => operators({ install: ["helm"], internet: ["0.0.0.0/0"], apiServerPort: 0 }))).map((line) =>
        line.slice(0, 40),
      ),
      [
        "operators.install[0]: helm given; one of",
        "operators.internet[0]: 0.0.0.0/0 given; ",
        "operators.apiServerPort: 0 given; at lea",
      ].map((line) => line.slice(0, 40)),
    );
  });
});

describe("unreachableCharts", () => {
  const named = (...names: string[]) => charts.filter(({ name }) => names.includes(name));

  it("asks each home once: an index, or a registry's entrance", async () => {
    const asked: string[] = [];
    const found = await unreachableCharts(charts, undefined, (address) => {
      asked.push(address);
      return Promise.resolve({ ok: false, status: address.endsWith("/v2/") ? 401 : 404 });
    });
    assert.equal(new Set(asked).size, asked.length);
    assert.deepEqual(asked.filter((address) => address.endsWith("/v2/")).sort(), [
      "https://public.ecr.aws/v2/",
      "https://registry-1.docker.io/v2/",
    ]);
    assert.ok(found.every(({ name }) => !["karpenter", "envoy-gateway"].includes(name)));
    assert.match(found.find(({ name }) => name === "keda")!.reason, /index\.yaml answers 404$/);
  });

  it("says why a home cannot be reached", async () => {
    const fault = (error: Error) =>
      unreachableCharts(named("keda"), undefined, () => Promise.reject(error)).then(([first]) => first!.reason);
    const home = homeOf(named("keda")[0]!);
    const late = new Error("late");
    late.name = "TimeoutError";
    assert.equal(await fault(late), `${home} does not answer in 3 s`);
    const refused = new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } });
    assert.equal(await fault(refused), `${home} cannot be reached (ENOTFOUND)`);
  });

  it("looks into the folder of charts instead where there is one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "charts-"));
    try {
      const [velero, keda] = named("velero", "keda");
      writeFileSync(vendoredFile(folder, velero!), "");
      const ask = () => assert.fail("asked the network");
      assert.deepEqual(await unreachableCharts([velero!, keda!], folder, ask), [
        { name: "keda", reason: `${join(folder, "keda-2.21.1.tgz")} does not exist` },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("apg:operators", () => {
  it("takes what the component takes, and refuses unknown keys and names", () => {
    assert.equal(schema.safeParse({ managed: true }).success, true);
    assert.equal(schema.safeParse({ install: ["karpenter"], internet: ["203.0.113.0/24"] }).success, true);
    const images = { cloudnativePg: `registry.example/cnpg:1.30.1${digest}` };
    assert.equal(schema.safeParse({ images }).success, true);
    for (const given of [
      { images: { cnpg: "" } },
      { install: ["nginx"] },
      { internet: ["0.0.0.0/0"] },
      { mannaged: true },
    ])
      assert.equal(schema.safeParse(given).success, false, JSON.stringify(given));
  });
});
