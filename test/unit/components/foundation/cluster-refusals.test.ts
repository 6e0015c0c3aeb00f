// Versions of the cluster on EKS, and what it refuses.
import assert from "node:assert/strict";
import { thresholds } from "../../../../checklist/thresholds.ts";
import { addonNames, addonVersions } from "../../../../components/foundation/cluster/addon-versions.ts";
import type { ClusterArgs } from "../../../../components/foundation/cluster/args.ts";
import { Cluster } from "../../../../components/foundation/cluster/cluster.ts";
import { versionProblems } from "../../../../components/foundation/cluster/versions.ts";
import { refusal } from "../../recorder.ts";
import { cluster } from "../foundation-fixtures.ts";

describe("versions of a cluster", () => {
  it("all have their add-ons while they are supported", () => {
    const supported = Object.entries(thresholds.cluster.standardSupport).filter(([, end]) => end >= "2026-11-24");
    for (const [version] of supported) {
      assert.deepEqual(Object.keys(addonVersions[version] ?? {}).sort(), [...addonNames].sort(), version);
      assert.match(addonVersions[version]!["kube-proxy"], new RegExp(`^v${version.replace(".", "\\.")}\\.`));
    }
  });

  it("are refused from the day after their standard support", () => {
    assert.deepEqual(versionProblems("version", "1.34", "2026-12-02"), []);
    assert.deepEqual(versionProblems("version", "1.34", "2026-12-03"), [
      {
        path: "version",
        reason: "1.34 given; its standard support ended on 2026-12-02; 1.35 is accepted (CV-KUBE-01).",
      },
    ]);
    assert.deepEqual(
      versionProblems("version", "1.35", "2027-03-28")[0]?.reason,
      [
        "1.35 given; its standard support ended on 2027-03-27;",
        "none of the versions known here is in standard support any more, and none is accepted (CV-KUBE-01).",
      ].join(" "),
    );
  });
});

describe("Cluster refuses", () => {
  const cases: [what: string, args: Partial<ClusterArgs>, messages: string[]][] = [
    [
      "what is no version",
      { version: "latest" },
      ["version: latest given; a version of Kubernetes such as 1.35 is accepted"],
    ],
    ["versions that are too old", { version: "1.27" }, ["version: 1.27 given; 1.28 or later is needed"]],
    [
      "versions out of standard support",
      { version: "1.33" },
      ["version: 1.33 given; its standard support ended on 2026-07-29; 1.34 and 1.35 are accepted"],
    ],
    ["versions that are not known here", { version: "1.99" }, ["version: 1.99 given; 1.34 and 1.35 are accepted"]],
  ];
  for (const [what, args, messages] of cases)
    it(what, async () => {
      const expected = messages.map((message) => `foundation.${message} (CV-KUBE-01).`);
      assert.deepEqual(await refusal(() => new Cluster("foundation", { ...cluster, ...args })), expected);
    });

  it("fewer than three subnets", async () => {
    assert.deepEqual(await refusal(() => new Cluster("foundation", { ...cluster, subnetIds: ["subnet-a"] })), [
      "foundation.subnetIds: 1 given; at least 3 are needed, one in each zone (CV-NET-02).",
    ]);
  });

  it("small nodes, few nodes, and types that it does not know", async () => {
    const systemNodes = { instanceTypes: ["m7i.large", "c7i.xlarge", "x9z.xlarge"], minSize: 2, maxSize: 1 };
    const least = "types of at least 4 vCPU and 16 GiB are accepted";
    assert.deepEqual(await refusal(() => new Cluster("foundation", { ...cluster, systemNodes })), [
      `foundation.systemNodes.instanceTypes[0]: m7i.large with 2 vCPU and 8 GiB given; ${least} (CV-KUBE-02).`,
      `foundation.systemNodes.instanceTypes[1]: c7i.xlarge with 4 vCPU and 8 GiB given; ${least} (CV-KUBE-02).`,
      `foundation.systemNodes.instanceTypes[2]: x9z.xlarge given; ${least}, of a family known here (CV-KUBE-02).`,
      "foundation.systemNodes.minSize: 2 given; at least 3 are needed (CV-KUBE-02).",
      "foundation.systemNodes.maxSize: 1 given; at least minSize, which is 2, is needed.",
    ]);
  });

  it("nobody as administrator, anybody who is no role, and the whole world", async () => {
    const wrong = { administrators: ["arn:aws:iam::123456789012:user/eve"], apiClientCidrs: ["0.0.0.0/0"] };
    assert.deepEqual(await refusal(() => new Cluster("foundation", { ...cluster, ...wrong })), [
      "foundation.administrators[0]: arn:aws:iam::123456789012:user/eve given; the ARN of a role is accepted (AUD-GO-05).",
      "foundation.apiClientCidrs[0]: 0.0.0.0/0 given; a network within the VPC is accepted, and never the whole world (CV-NET-06).",
    ]);
    assert.deepEqual(await refusal(() => new Cluster("foundation", { ...cluster, administrators: [] })), [
      "foundation.administrators: nothing given; at least the role that deploys is needed, as nobody else can reach a new cluster (AUD-GO-05).",
    ]);
  });
});
