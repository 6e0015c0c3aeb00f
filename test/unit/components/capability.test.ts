import assert from "node:assert/strict";
import { Capability, endpointOf } from "../../../components/index.ts";
import type { CapabilityArgs } from "../../../components/index.ts";
import { record, refusal, valueOf } from "../recorder.ts";
import type { Inputs } from "../recorder.ts";
import { image, podLabels } from "./fixtures.ts";

const declare = (args: Partial<CapabilityArgs> = {}) =>
  new Capability("audio-processing", { environment: "prod", image, ...args });
const vision = endpointOf({ capability: "computer-vision", environment: "prod", component: "api" }, 9000);

describe("Capability", () => {
  it("is a namespace, an application, its autoscaling and its network policies", async () => {
    const { paths, value } = await record(declare);
    const components = paths.filter((path) => !path.includes("kubernetes:"));
    assert.deepEqual(components, [
      "apg:capability:Capability$apg:capability:Application::audio-processing",
      "apg:capability:Capability$apg:capability:Autoscaling::audio-processing",
      "apg:capability:Capability$apg:capability:CapabilityNamespace::audio-processing",
      "apg:capability:Capability$apg:capability:NetworkPolicies::audio-processing",
      "apg:capability:Capability::audio-processing",
    ]);
    assert.equal(paths.length, components.length + 17);
    assert.equal(await valueOf(value.namespace), "apg-audio-processing-prod");
  });

  it("has the endpoint that its name foretells", async () => {
    const { value } = await record(() => declare({ port: 9000, component: "web" }));
    const foretold = endpointOf({ capability: "audio-processing", environment: "prod", component: "web" }, 9000);
    assert.deepEqual(await valueOf(value.endpoint), foretold);
  });

  it("puts everything into its namespace and scales its own Deployment", async () => {
    const recording = await record(declare);
    const elsewhere = recording.resources.filter(({ type, inputs }) => {
      const { namespace } = (inputs.metadata ?? {}) as { namespace?: string };
      return type.startsWith("kubernetes:") && namespace !== "apg-audio-processing-prod";
    });
    assert.deepEqual(
      elsewhere.map(({ type }) => type),
      ["kubernetes:core/v1:Namespace"],
    );
    const { spec } = recording.inputs("kubernetes:autoscaling/v2:HorizontalPodAutoscaler");
    const deployment = recording.inputs("kubernetes:apps/v1:Deployment").metadata as { name: string };
    assert.deepEqual((spec as Inputs).scaleTargetRef, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: deployment.name,
    });
  });

  it("hands its arguments down: scale to the autoscaler and the quota, edges to the policies on its own port", async () => {
    const recording = await record(() =>
      declare({
        port: 9000,
        replicas: { min: 4, max: 6 },
        resources: { limits: { cpu: "1", memory: "2Gi" } },
        scaling: { cpuPercent: 50 },
        minAvailable: 3,
        connectsTo: [{ name: "computer-vision", peer: vision, ports: [vision.port] }],
        acceptsFrom: [{ name: "computer-vision", peer: vision }],
        operatorGroups: ["sre"],
        persistentVolumeClaims: 1,
        nodeAffinity: { required: { "apg.io/pool": ["gpu"] } },
        tolerations: [{ key: "nvidia.com/gpu" }],
      }),
    );
    const spec = (type: string, name?: string) => recording.inputs(type, name).spec as Inputs;
    const autoscaler = spec("kubernetes:autoscaling/v2:HorizontalPodAutoscaler");
    assert.deepEqual([autoscaler.minReplicas, autoscaler.maxReplicas], [4, 6]);
    assert.deepEqual((autoscaler.metrics as unknown[])[0], {
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
    });
    assert.equal(spec("kubernetes:policy/v1:PodDisruptionBudget").minAvailable, 3);
    const { template } = spec("kubernetes:apps/v1:Deployment") as { template: { spec: Inputs } };
    const matchExpressions = [{ key: "apg.io/pool", operator: "In", values: ["gpu"] }];
    assert.deepEqual(template.spec.affinity, {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
      },
    });
    assert.deepEqual(template.spec.tolerations, [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }]);
    const { hard } = spec("kubernetes:core/v1:ResourceQuota") as { hard: Inputs };
    assert.deepEqual([hard.pods, hard["limits.cpu"], hard["requests.cpu"]], ["20", "20", "10"]);
    assert.equal(hard.persistentvolumeclaims, "1");
    const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    const from = spec(policy, "audio-processing-allow-from-computer-vision");
    assert.deepEqual(from.podSelector, { matchLabels: podLabels });
    assert.deepEqual((from.ingress as Inputs[])[0]!.ports, [{ protocol: "TCP", port: 9000 }]);
    const binding = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
    assert.deepEqual(recording.inputs(binding, "audio-processing-operators").subjects, [
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "sre" },
    ]);
  });

  it("may be named otherwise than its component", async () => {
    const { value } = await record(() => declare({ capability: "audio" }));
    assert.equal(await valueOf(value.namespace), "apg-audio-prod");
  });

  it("refuses a budget that would block every drain of a node", async () => {
    assert.deepEqual(await refusal(() => declare({ minAvailable: 3 })), [
      "audio-processing.minAvailable: 3 given; less than replicas.min (3) is needed, or no node can be drained (CV-SCALE-03).",
    ]);
  });
});
