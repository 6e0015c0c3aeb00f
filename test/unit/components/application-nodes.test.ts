import assert from "node:assert/strict";
import { Application } from "../../../components/index.ts";
import type { ApplicationArgs } from "../../../components/index.ts";
import { record } from "../recorder.ts";
import type { Inputs } from "../recorder.ts";
import { image } from "./fixtures.ts";

const minimal: ApplicationArgs = { namespace: "apg-audio-prod", capability: "audio", environment: "prod", image };

/** Specification of the pods. */
async function podWith(args: Partial<ApplicationArgs>): Promise<Inputs> {
  const recording = await record(() => new Application("audio", { ...minimal, ...args }));
  return (recording.inputs("kubernetes:apps/v1:Deployment").spec as { template: { spec: Inputs } }).template.spec;
}

describe("Application", () => {
  it("runs on nodes that have every required label, and rather on those that have a preferred one", async () => {
    const required = { "node.kubernetes.io/instance-type": ["m6i.large", "m6i.xlarge"], "apg.io/pool": ["general"] };
    const preferred = { "apg.io/disk": ["ssd"], "apg.io/arch": ["amd64", ""] };
    const affinity = async (nodeAffinity: ApplicationArgs["nodeAffinity"]) =>
      (await podWith({ nodeAffinity })).affinity;
    const must = {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: "apg.io/pool", operator: "In", values: ["general"] },
            { key: "node.kubernetes.io/instance-type", operator: "In", values: ["m6i.large", "m6i.xlarge"] },
          ],
        },
      ],
    };
    const should = [
      {
        weight: 100,
        preference: { matchExpressions: [{ key: "apg.io/arch", operator: "In", values: ["amd64", ""] }] },
      },
      { weight: 100, preference: { matchExpressions: [{ key: "apg.io/disk", operator: "In", values: ["ssd"] }] } },
    ];
    assert.deepEqual(await affinity({ required, preferred }), {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: must,
        preferredDuringSchedulingIgnoredDuringExecution: should,
      },
    });
    assert.deepEqual(await affinity({ required }), {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: must },
    });
    assert.deepEqual(await affinity({ required: {}, preferred }), {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: should },
    });
    assert.equal(await affinity({ required: {}, preferred: {} }), undefined);
  });

  it("tolerates a taint with one value where it is given, and else with any", async () => {
    const tolerated = async (tolerations: ApplicationArgs["tolerations"]) =>
      (await podWith({ tolerations })).tolerations;
    assert.deepEqual(
      await tolerated([
        { key: "nvidia.com/gpu" },
        { key: "apg.io/pool", value: "gpu", effect: "NoExecute" },
        { key: "apg.io/spot", value: "", effect: "PreferNoSchedule" },
      ]),
      [
        { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
        { key: "apg.io/pool", operator: "Equal", value: "gpu", effect: "NoExecute" },
        { key: "apg.io/spot", operator: "Equal", value: "", effect: "PreferNoSchedule" },
      ],
    );
    assert.equal(await tolerated([]), undefined);
  });
});
