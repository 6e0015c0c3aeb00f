// Nodes by Karpenter: what is asked for, and when nodes may be replaced.
import assert from "node:assert/strict";
import fc from "fast-check";
import { timesOutside, windowTime } from "../../../../components/foundation/maintenance-window.ts";
import type { RecurringTime } from "../../../../components/foundation/maintenance-window.ts";
import { NodePools } from "../../../../components/foundation/node-pools.ts";
import type { NodePoolsArgs } from "../../../../components/foundation/node-pools/args.ts";
import { runsOf } from "../../../../checklist/cron.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { accountId, nodePools, region, zones } from "../foundation-fixtures.ts";

const devicePluginImage = `nvcr.io/nvidia/k8s-device-plugin:0.18.0@sha256:${"0".repeat(64)}`;
const declare = (args: Partial<NodePoolsArgs> = {}) => record(() => new NodePools("nodes", { ...nodePools, ...args }));
const poolType = "kubernetes:karpenter.sh/v1:NodePool";

interface Spec {
  limits: Inputs;
  disruption: { budgets: Inputs[] };
  template: { metadata: Inputs; spec: { requirements: Inputs[]; taints?: Inputs[] } };
}

describe("NodePools", () => {
  let recording: Recording<NodePools>;
  const spec = (pool: string) => recording.inputs(poolType, `nodes-${pool}`).spec as Spec;
  before(async () => {
    recording = await declare({ gpu: { devicePluginImage } });
  });

  it("have a class of nodes, pools, and, with accelerators, their device plugin", async () => {
    const component = "apg:foundation:NodePools";
    const always = [
      `${component}$kubernetes:karpenter.k8s.aws/v1:EC2NodeClass::nodes`,
      `${component}$${poolType}::nodes-data`,
      `${component}$${poolType}::nodes-general`,
    ];
    assert.deepEqual((await declare()).paths, [...always, `${component}::nodes`]);
    assert.deepEqual(recording.paths, [
      `${component}$kubernetes:apps/v1:DaemonSet::nodes-gpu`,
      `${component}$kubernetes:core/v1:LimitRange::nodes-gpu`,
      `${component}$kubernetes:core/v1:Namespace::nodes-gpu`,
      `${component}$kubernetes:core/v1:ResourceQuota::nodes-gpu`,
      `${component}$kubernetes:core/v1:ServiceAccount::nodes-gpu`,
      ...always,
      `${component}$${poolType}::nodes-gpu`,
      `${component}$kubernetes:networking.k8s.io/v1:NetworkPolicy::nodes-gpu`,
      `${component}::nodes`,
    ]);
    assert.deepEqual(await valueOf(recording.value.poolNames), ["general", "data", "gpu"]);
  });

  it("make nodes in private subnets, with encrypted disks, that give pods none of their rights", () => {
    const { userData, ...nodeClass } = recording.inputs("kubernetes:karpenter.k8s.aws/v1:EC2NodeClass").spec as Inputs;
    assert.match(userData as string, /containerLogMaxSize: 50Mi/);
    assert.deepEqual(nodeClass, {
      amiFamily: "AL2023",
      amiSelectorTerms: [{ alias: "al2023@v20261112" }],
      instanceProfile: "apg-prod-node",
      subnetSelectorTerms: [{ tags: { "apg:environment": "prod", "apg:tier": "private" } }],
      securityGroupSelectorTerms: [{ tags: { "aws:eks:cluster-name": "apg-prod" } }],
      metadataOptions: {
        httpEndpoint: "enabled",
        httpProtocolIPv6: "disabled",
        httpPutResponseHopLimit: 1,
        httpTokens: "required",
      },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: "100Gi",
            encrypted: true,
            kmsKeyID: `arn:aws:kms:${region}:${accountId}:alias/apg-prod-volumes`,
            deleteOnTermination: true,
          },
        },
      ],
      tags: { "apg:environment": "prod", Name: "apg-prod-node" },
    });
  });

  it("grow within limits, in all zones, by nodes of at least 4 vCPU and 16 GiB, and shrink", () => {
    const { template, ...others } = spec("general");
    const { requirements, ...node } = template.spec;
    assert.deepEqual(others, {
      limits: { cpu: "256", memory: "1024Gi" },
      disruption: {
        consolidationPolicy: "WhenEmptyOrUnderutilized",
        consolidateAfter: "5m",
        budgets: [
          { nodes: "10%", schedule: "0 2 * * 0", duration: "4h" },
          { nodes: "0", reasons: ["Drifted", "Underutilized"], schedule: "0 6 * * 0", duration: "164h" },
          { nodes: "10%", reasons: ["Empty"] },
        ],
      },
    });
    assert.deepEqual(node, {
      nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "apg" },
      expireAfter: "696h",
      terminationGracePeriod: "24h",
    });
    const required = (key: string) => requirements.filter((each) => each.key === key);
    const aws = "karpenter.k8s.aws/instance";
    assert.deepEqual(required(`${aws}-cpu`), [{ key: `${aws}-cpu`, operator: "Gt", values: ["3"] }]);
    assert.deepEqual(required(`${aws}-memory`), [{ key: `${aws}-memory`, operator: "Gt", values: ["16383"] }]);
    assert.deepEqual(required("topology.kubernetes.io/zone")[0]!.values, zones);
  });

  it("keep nodes for data and accelerators to those who ask for them", () => {
    const taints = (pool: string) => [spec(pool).template.metadata, spec(pool).template.spec.taints];
    assert.deepEqual(taints("general"), [{ labels: { "apg.io/pool": "general" } }, undefined]);
    assert.deepEqual(taints("data"), [
      { labels: { "apg.io/pool": "data" } },
      [{ key: "apg.io/pool", value: "data", effect: "NoSchedule" }],
    ]);
    assert.deepEqual(taints("gpu"), [
      { labels: { "apg.io/pool": "gpu" } },
      [{ key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" }],
    ]);
    const families = spec("gpu").template.spec.requirements.at(-1);
    assert.deepEqual(families, { key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["g6"] });
  });

  it("run the device plugin on nodes with accelerators alone, without a network", () => {
    const daemons = recording.inputs("kubernetes:apps/v1:DaemonSet");
    assert.equal((daemons.metadata as { labels: Inputs }).labels["app.kubernetes.io/name"], "nvidia-device-plugin");
    const pod = (daemons.spec as { template: { spec: Inputs } }).template.spec;
    assert.deepEqual(
      [pod.nodeSelector, pod.tolerations, pod.automountServiceAccountToken],
      [{ "apg.io/pool": "gpu" }, [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }], false],
    );
    assert.deepEqual(recording.inputs("kubernetes:networking.k8s.io/v1:NetworkPolicy").spec, {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });
});

describe("maintenance windows", () => {
  const day = 86_400;
  const from = "2026-11-01";
  const start = Date.parse(from) / 1000;
  /** Whether Karpenter has a budget of this time at a moment: from each start on, for so long. */
  const counts = (times: RecurringTime[], moment: number) =>
    times.some(({ schedule, duration }) =>
      runsOf(schedule, "2026-10-01", 90)!.some((run) => run <= moment && moment < run + parseInt(duration, 10) * 3600),
    );
  const weekdays = fc.oneof(
    fc.constant("*"),
    fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }).map((days) => days.join(",")),
    fc.constantFrom("sun", "mon-fri", "SAT,sun", "1-3,5"),
  );
  const windows = fc.record({
    schedule: fc
      .tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }), weekdays)
      .map(([minute, hour, days]) => `${minute} ${hour} * * ${days}`),
    duration: fc.integer({ min: 1, max: 12 }).map((hours) => `${hours}h`),
  });

  it("and the times outside of them make up the whole week, and never meet", () => {
    fc.assert(
      fc.property(windows, fc.integer({ min: 0, max: 7 * day - 1 }), (window, second) => {
        const moment = start + second;
        const [inside, outside] = [counts([windowTime(window)], moment), counts(timesOutside(window), moment)];
        assert.notEqual(inside, outside, `${new Date(moment * 1000).toISOString()} ${JSON.stringify(window)}`);
      }),
      { numRuns: 300 },
    );
  });

  it("of several days have a time for each gap", () => {
    assert.deepEqual(timesOutside({ schedule: "30 22 * * sat,sun", duration: "3h" }), [
      { schedule: "30 1 * * 1", duration: "141h" },
      { schedule: "30 1 * * 0", duration: "21h" },
    ]);
    assert.deepEqual(timesOutside({ schedule: "0 2 * * *", duration: "2h" }), [
      { schedule: "0 4 * * *", duration: "22h" },
    ]);
  });
});

describe("NodePools refuse", () => {
  const refused = (args: Partial<NodePoolsArgs>) => refusal(() => new NodePools("nodes", { ...nodePools, ...args }));
  const cronAccepted =
    "cron in UTC with one time of day, every day or on weekdays, such as 0 2 * * 0, is accepted (AUD-SOP-04, CV-MONTH-05)";

  for (const schedule of [
    "@weekly",
    "0 2 1 * *",
    "*/5 2 * * *",
    "0 2 * * 7",
    "0 2 * * fri-mon",
    "0 24 * * *",
    "0 2 * *",
  ])
    it(`the window ${schedule}`, async () => {
      assert.deepEqual(await refused({ maintenanceWindow: { schedule, duration: "4h" } }), [
        `nodes.maintenanceWindow.schedule: ${schedule} given; ${cronAccepted}.`,
      ]);
    });

  for (const duration of ["0h", "13h", "90m", "4"])
    it(`a window of ${duration}`, async () => {
      assert.deepEqual(await refused({ maintenanceWindow: { schedule: "0 2 * * 0", duration } }), [
        `nodes.maintenanceWindow.duration: ${duration} given; whole hours from 1h to 12h are accepted (AUD-SOP-04).`,
      ]);
    });

  it("pools that the forecast does not fit into", async () => {
    assert.deepEqual(await refused({ forecastPeak: { cpu: "250", memory: "900Gi" } }), [
      "nodes.forecastPeak.cpu: 250 given; generalLimits.cpu and dataLimits.cpu, together 256 + 64, must be at least 1.3 times as much (CV-SCALE-08).",
    ]);
    const fits = await declare({ forecastPeak: { cpu: "246", memory: "984Gi" } });
    assert.equal(fits.resources.length, 4);
  });

  it("limits that are none, and nodes that are never replaced", async () => {
    const given = { generalLimits: { cpu: "many", memory: "0" }, maxNodeHours: 720, imageVersion: "latest" };
    assert.deepEqual(await refused(given), [
      "nodes.imageVersion: latest given; a version such as v20261112 is accepted, and none that changes outside the window (CV-MAINT-01).",
      "nodes.maxNodeHours: 720 given; at most 696 are allowed (CV-MAINT-01).",
      "nodes.generalLimits.cpu: many given; a Kubernetes quantity above 0 such as 256 is accepted (AUD-SCALE-03).",
      "nodes.generalLimits.memory: 0 given; a Kubernetes quantity above 0 such as 1024Gi is accepted (AUD-SCALE-03).",
    ]);
  });

  it("two zones, and families without accelerators of NVIDIA", async () => {
    const given = { zones: zones.slice(0, 2), gpu: { devicePluginImage, families: ["g6", "m7i"] } };
    assert.deepEqual(await refused(given), [
      "nodes.zones: eu-central-1a, eu-central-1b given; at least 3 different zones are needed (CV-KUBE-02).",
      "nodes.gpu.families[1]: m7i given; families with NVIDIA accelerators are accepted: g4dn, g5, g6, g6e, p4d, p4de, p5, p5e, p5en, p6-b200 (CV-MODEL-05).",
    ]);
  });
});
