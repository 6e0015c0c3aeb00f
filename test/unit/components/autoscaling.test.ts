import assert from "node:assert/strict";
import { Autoscaling } from "../../../components/index.ts";
import type { AutoscalingArgs } from "../../../components/index.ts";
import { record, refusal, valueOf } from "../recorder.ts";

const declare = (args: Partial<AutoscalingArgs> = {}) =>
  new Autoscaling("audio", { namespace: "apg-audio-processing-prod", target: "audio-processing-api", ...args });
const type = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";

describe("Autoscaling", () => {
  it("is one autoscaler with the checklists' numbers", async () => {
    const recording = await record(declare);
    assert.deepEqual(recording.paths, [
      `apg:capability:Autoscaling$${type}::audio`,
      "apg:capability:Autoscaling::audio",
    ]);
    const { metadata, spec } = recording.inputs(type);
    assert.deepEqual(metadata, {
      name: "audio-processing-api",
      namespace: "apg-audio-processing-prod",
      labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
    });
    const resource = (name: string, averageUtilization: number) => ({
      type: "Resource",
      resource: { name, target: { type: "Utilization", averageUtilization } },
    });
    assert.deepEqual(spec, {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "audio-processing-api" },
      minReplicas: 3,
      maxReplicas: 10,
      metrics: [resource("cpu", 70), resource("memory", 80)],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 30,
          selectPolicy: "Max",
          policies: [
            { type: "Percent", value: 100, periodSeconds: 30 },
            { type: "Pods", value: 2, periodSeconds: 30 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          selectPolicy: "Min",
          policies: [{ type: "Percent", value: 25, periodSeconds: 60 }],
        },
      },
    });
    assert.equal(await valueOf(recording.value.autoscalerName), "audio-processing-api");
  });

  it("takes every number that is given, and keeps the default of what is not", async () => {
    const recording = await record(() =>
      declare({
        minReplicas: 4,
        maxReplicas: undefined,
        cpuPercent: 60,
        scaleUp: { pods: 4 },
        scaleDown: { percent: 10 },
      }),
    );
    const spec = recording.inputs(type).spec as {
      minReplicas: number;
      maxReplicas: number;
      metrics: { resource: { target: { averageUtilization: number } } }[];
      behavior: { scaleUp: { policies: { value: number }[] }; scaleDown: { policies: { value: number }[] } };
    };
    const values = (policies: { value: number }[]) => policies.map(({ value }) => value);
    assert.deepEqual([spec.minReplicas, spec.maxReplicas], [4, 10]);
    assert.deepEqual(
      spec.metrics.map(({ resource }) => resource.target.averageUtilization),
      [60, 80],
    );
    assert.deepEqual(values(spec.behavior.scaleUp.policies), [100, 4]);
    assert.deepEqual(values(spec.behavior.scaleDown.policies), [10]);
  });

  it("follows a queue that all pods share and a duration that is each pod's own", async () => {
    const recording = await record(() =>
      declare({
        queueLength: { metric: "audio_jobs_waiting", averageValue: "30" },
        processingTime: { metric: "audio_job_seconds", averageValue: "1500m" },
      }),
    );
    const { metrics } = recording.inputs(type).spec as { metrics: unknown[] };
    assert.deepEqual(metrics.slice(2), [
      {
        type: "External",
        external: { metric: { name: "audio_jobs_waiting" }, target: { type: "AverageValue", averageValue: "30" } },
      },
      {
        type: "Pods",
        pods: { metric: { name: "audio_job_seconds" }, target: { type: "AverageValue", averageValue: "1500m" } },
      },
    ]);
  });

  it("refuses numbers outside the checklists', all at once", async () => {
    const lines = await refusal(() =>
      declare({
        minReplicas: 2,
        maxReplicas: 15,
        cpuPercent: 71,
        memoryPercent: 0,
        scaleUp: { stabilizationSeconds: 61 },
        scaleDown: { stabilizationSeconds: 299, percent: 26, periodSeconds: 59 },
        queueLength: { metric: "", averageValue: "0" },
      }),
    );
    assert.deepEqual(lines, [
      "audio.minReplicas: 2 given; at least 3 are needed (AUD-PROD-02).",
      "audio.maxReplicas: 15 given; at most 10 are allowed (AUD-PROD-02).",
      "audio.cpuPercent: 71 given; at most 70 are allowed (AUD-PROD-04).",
      "audio.memoryPercent: 0 given; at least 1 is needed (AUD-PROD-04).",
      "audio.scaleUp.stabilizationSeconds: 61 given; at most 60 are allowed (AUD-SCALE-05).",
      "audio.scaleDown.stabilizationSeconds: 299 given; at least 300 are needed (AUD-SCALE-05).",
      "audio.scaleDown.percent: 26 given; at most 25 are allowed (AUD-SCALE-05).",
      "audio.scaleDown.periodSeconds: 59 given; at least 60 are needed (AUD-SCALE-05).",
      "audio.queueLength.metric: nothing given; the name of a metric is needed (AUD-SCALE-04).",
      "audio.queueLength.averageValue: 0 given; a Kubernetes quantity above 0, such as 30 or 1500m, is accepted (AUD-SCALE-04).",
    ]);
  });

  it("refuses fewest pods that are more than the most", async () => {
    assert.deepEqual(await refusal(() => declare({ minReplicas: 6, maxReplicas: 5 })), [
      "audio.minReplicas: 6 given; at most maxReplicas (5) is allowed (AUD-PROD-02).",
    ]);
  });
});
