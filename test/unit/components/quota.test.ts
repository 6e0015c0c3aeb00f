import assert from "node:assert/strict";
import fc from "fast-check";
import { peakPods, quotaHard } from "../../../components/capability/quota.ts";
import { parseAmount } from "../../../checklist/quantity.ts";

const size = fc.record({
  maxReplicas: fc.integer({ min: 1, max: 200 }),
  requests: fc.record({ cpu: fc.constantFrom("500m", "1", "0.75"), memory: fc.constantFrom("1Gi", "1500M") }),
  limits: fc.record({ cpu: fc.constantFrom("2000m", "1500m"), memory: fc.constantFrom("4Gi", "3G") }),
});
const amount = (hard: { [entry: string]: string }, entry: string) => parseAmount(hard[entry]!)!;

describe("a namespace's quota", () => {
  it("fits one workload at the checklists' numbers: 10 pods, 3 surging, 10 ending, and 30 % more", () => {
    assert.deepEqual(quotaHard([{}], 0), {
      pods: "30",
      "requests.cpu": "15",
      "requests.memory": "30Gi",
      "limits.cpu": "60",
      "limits.memory": "120Gi",
      persistentvolumeclaims: "0",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    });
  });

  it("admits every workload at its peak, with 30 % to spare", () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 4 }), (sizes) => {
        const hard = quotaHard(sizes, 0);
        const peak = (of: "requests" | "limits", kind: "cpu" | "memory") =>
          sizes.reduce((sum, each) => sum + BigInt(peakPods(each.maxReplicas)) * parseAmount(each[of][kind])!, 0n);
        return (["requests", "limits"] as const).every((of) =>
          (["cpu", "memory"] as const).every((kind) => amount(hard, `${of}.${kind}`) * 10n >= peak(of, kind) * 13n),
        );
      }),
    );
  });

  it("is no larger than the pods that it counts need", () => {
    fc.assert(
      fc.property(size, (one) => {
        const hard = quotaHard([one], 0);
        const pods = BigInt(hard.pods!);
        assert.ok(pods * 10n < BigInt(peakPods(one.maxReplicas)) * 13n + 10n);
        return amount(hard, "limits.cpu") === pods * parseAmount(one.limits.cpu)!;
      }),
    );
  });

  it("of several workloads is the sum of theirs", () => {
    fc.assert(
      fc.property(size, size, (one, other) => {
        const [both, first, second] = [[one, other], [one], [other]].map((sizes) => quotaHard(sizes, 0));
        return ["pods", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"].every(
          (entry) => amount(both!, entry) === amount(first!, entry) + amount(second!, entry),
        );
      }),
    );
  });
});
