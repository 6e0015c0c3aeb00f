// The cluster on EKS: which resources there are, and what is in them.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { thresholds } from "../../../../checklist/thresholds.ts";
import { addonNames, addonVersions } from "../../../../components/foundation/cluster/addon-versions.ts";
import type { ClusterArgs } from "../../../../components/foundation/cluster/args.ts";
import { Cluster } from "../../../../components/foundation/cluster/cluster.ts";
import { versionProblems } from "../../../../components/foundation/cluster/versions.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { accountId, cluster, deployer, region, state } from "../foundation-fixtures.ts";

const declare = (args: Partial<ClusterArgs> = {}) =>
  record(() => new Cluster("foundation", { ...cluster, ...args }), state);
const keyArn = `arn:aws:kms:${region}:${accountId}:key/made`;
const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
const tags = { "apg:environment": "prod" };

interface Statement {
  Sid: string;
  Action: string | string[];
  Resource?: string | string[];
  Principal?: { AWS?: string[]; Service?: string };
  Condition?: object;
}
const statements = (policy: unknown) => (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;

describe("Cluster", () => {
  let recording: Recording<Cluster>;
  const names = (type: string) =>
    recording.resources.flatMap((each) => (each.type === type ? [each.name.replace("foundation-", "")] : [])).sort();
  before(async () => {
    recording = await declare({ apiClientSecurityGroupIds: ["sg-people"], apiClientCidrs: ["10.20.224.0/24"] });
  });

  it("has these resources and no others", () => {
    const roles = ["autoscaler", "balancers", "cni", "control-plane", "nodes", "volumes"];
    const keys = ["events", "logs", "secrets", "volumes"];
    const events = ["rebalance", "scheduled-change", "spot-interruption", "state-change"];
    const expected: Record<string, string[]> = {
      "apg:foundation:Cluster": ["foundation"],
      "aws:cloudwatch/eventRule:EventRule": events,
      "aws:cloudwatch/eventTarget:EventTarget": events,
      "aws:cloudwatch/logGroup:LogGroup": ["foundation"],
      "aws:ec2/launchTemplate:LaunchTemplate": ["system"],
      "aws:ec2/securityGroup:SecurityGroup": ["api"],
      "aws:eks/accessEntry:AccessEntry": ["apg-deployer"],
      "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ["apg-deployer"],
      "aws:eks/addon:Addon": [...addonNames].sort(),
      "aws:eks/cluster:Cluster": ["foundation"],
      "aws:eks/nodeGroup:NodeGroup": ["system"],
      "aws:eks/podIdentityAssociation:PodIdentityAssociation": ["autoscaler", "balancers", "cni", "volumes"],
      "aws:iam/instanceProfile:InstanceProfile": ["nodes"],
      "aws:iam/policy:Policy": ["autoscaler", "autoscaler-2", "balancers", "balancers-2"],
      "aws:iam/role:Role": roles,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
        "autoscaler",
        "autoscaler-2",
        "balancers",
        "balancers-2",
        "cni-AmazonEKS_CNI_Policy",
        "control-plane-AmazonEKSClusterPolicy",
        "nodes-AmazonEC2ContainerRegistryPullOnly",
        "nodes-AmazonEKSWorkerNodeMinimalPolicy",
        "nodes-AmazonSSMManagedInstanceCore",
        "volumes-AmazonEBSCSIDriverPolicy",
      ],
      "aws:kms/alias:Alias": keys,
      "aws:kms/key:Key": keys,
      "aws:sqs/queue:Queue": ["interruptions"],
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["api-10.20.224.0/24", "api-group-0"],
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy": ["pods"],
      "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding": ["pods"],
      "kubernetes:scheduling.k8s.io/v1:PriorityClass": ["capability"],
      "kubernetes:storage.k8s.io/v1:StorageClass": ["gp3"],
      "pulumi:providers:kubernetes": ["foundation"],
    };
    const types = [...new Set(recording.resources.map(({ type }) => type))].sort();
    assert.deepEqual(types, Object.keys(expected).sort());
    for (const type of types) assert.deepEqual(names(type), expected[type], type);
  });

  it("is what AWS accepts, each policy short enough", async () => {
    assert.deepEqual(await refusedByAws(recording.resources), []);
    for (const { type, name, inputs } of recording.resources)
      if (type === "aws:iam/policy:Policy") assert.ok((inputs.policy as string).length <= 6144, name);
  });

  it("is private, encrypted, logged, and in standard support", () => {
    assert.deepEqual(recording.inputs("aws:eks/cluster:Cluster"), {
      name: "apg-prod",
      region,
      version: "1.35",
      roleArn: role("apg-prod-cluster"),
      vpcConfig: {
        subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
        securityGroupIds: ["foundation-api-id"],
        endpointPrivateAccess: true,
        endpointPublicAccess: false,
      },
      kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: "172.20.0.0/16" },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      encryptionConfig: { resources: ["secrets"], provider: { keyArn } },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      upgradePolicy: { supportType: "STANDARD" },
      zonalShiftConfig: { enabled: true },
      deletionProtection: true,
      bootstrapSelfManagedAddons: false,
      tags,
    });
    assert.deepEqual(recording.inputs("aws:cloudwatch/logGroup:LogGroup"), {
      name: "/aws/eks/apg-prod/cluster",
      region,
      kmsKeyId: keyArn,
      retentionInDays: 90,
      tags,
    });
    const waits = recording.dependencies("aws:eks/cluster:Cluster", "foundation");
    assert.ok(waits.includes("aws:cloudwatch/logGroup:LogGroup::foundation"), "EKS would make the group without a key");
  });

  it("cannot be deleted by mistake, nor its keys, unless told otherwise", async () => {
    const keys = ["events", "logs", "secrets", "volumes"].map((key) => `aws:kms/key:Key::foundation-${key}`);
    assert.deepEqual(recording.protectedPaths, ["aws:eks/cluster:Cluster::foundation", ...keys]);
    const open = await declare({ deletionProtection: false });
    assert.deepEqual(open.protectedPaths, []);
    assert.equal(open.inputs("aws:eks/cluster:Cluster").deletionProtection, false);
  });

  it("is administered by the roles that are named, and called by those alone", () => {
    assert.deepEqual(recording.inputs("aws:eks/accessEntry:AccessEntry"), {
      clusterName: "apg-prod",
      region,
      principalArn: deployer,
      type: "STANDARD",
      tags,
    });
    const { policyArn, accessScope } = recording.inputs("aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
    assert.deepEqual(
      [policyArn, accessScope],
      ["arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", { type: "cluster" }],
    );
    const rules = recording.resources.filter(({ type }) => type.endsWith(":SecurityGroupIngressRule"));
    assert.deepEqual(
      rules.map(({ inputs }) => [inputs.fromPort, inputs.toPort, inputs.cidrIpv4 ?? inputs.referencedSecurityGroupId]),
      [
        [443, 443, "sg-people"],
        [443, 443, "10.20.224.0/24"],
      ],
    );
    assert.equal(recording.inputs("aws:ec2/securityGroup:SecurityGroup").ingress, undefined);
    assert.deepEqual(recording.dependencies("pulumi:providers:kubernetes", "foundation").sort(), [
      "aws:eks/accessEntry:AccessEntry::foundation-apg-deployer",
      "aws:eks/accessPolicyAssociation:AccessPolicyAssociation::foundation-apg-deployer",
      "aws:eks/cluster:Cluster::foundation",
    ]);
  });

  it("has nodes in all its subnets, large enough, that give pods none of their rights", () => {
    const { launchTemplate, ...group } = recording.inputs("aws:eks/nodeGroup:NodeGroup");
    assert.deepEqual(launchTemplate, { id: "foundation-system-id", version: "1" });
    assert.deepEqual(group, {
      clusterName: "apg-prod",
      region,
      nodeGroupNamePrefix: "system-",
      nodeRoleArn: role("apg-prod-node"),
      version: "1.35",
      amiType: "AL2023_x86_64_STANDARD",
      capacityType: "ON_DEMAND",
      instanceTypes: ["m7i.xlarge", "m6i.xlarge"],
      subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
      scalingConfig: { minSize: 3, desiredSize: 3, maxSize: 6 },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      labels: { "apg.io/pool": "system" },
      tags,
    });
    const template = recording.inputs("aws:ec2/launchTemplate:LaunchTemplate");
    assert.deepEqual(template.metadataOptions, {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
    assert.deepEqual((template.blockDeviceMappings as Inputs[])[0]!.ebs, {
      volumeType: "gp3",
      volumeSize: 100,
      encrypted: "true",
      kmsKeyId: keyArn,
      deleteOnTermination: "true",
    });
    const userData = Buffer.from(template.userData as string, "base64").toString();
    assert.match(userData, /containerLogMaxSize: 50Mi\n {6}containerLogMaxFiles: 5\n/);
  });

  it("keeps its nodes when a zone is added", async () => {
    const more = await declare({ subnetIds: ["subnet-a", "subnet-b", "subnet-c", "subnet-d"] });
    const subnets = (type: string) => more.inputs(type);
    assert.deepEqual(subnets("aws:eks/nodeGroup:NodeGroup"), recording.inputs("aws:eks/nodeGroup:NodeGroup"));
    const { subnetIds } = subnets("aws:eks/cluster:Cluster").vpcConfig as Inputs;
    assert.deepEqual(subnetIds, ["subnet-a", "subnet-b", "subnet-c", "subnet-d"]);
  });

  it("has add-ons of the cluster's version, and roles for their pods before these start", () => {
    for (const name of addonNames) {
      const { addonVersion } = recording.inputs("aws:eks/addon:Addon", `foundation-${name}`);
      assert.equal(addonVersion, addonVersions["1.35"]![name]);
    }
    assert.equal(
      recording.inputs("aws:eks/addon:Addon", "foundation-vpc-cni").configurationValues,
      '{"enableNetworkPolicy":"true"}',
    );
    const waits = recording.dependencies("aws:eks/nodeGroup:NodeGroup", "foundation-system");
    for (const path of [
      "podIdentityAssociation:PodIdentityAssociation::foundation-cni",
      "addon:Addon::foundation-vpc-cni",
    ])
      assert.ok(waits.includes(`aws:eks/${path}`), path);
    const driver = recording.dependencies("aws:eks/addon:Addon", "foundation-aws-ebs-csi-driver");
    assert.ok(driver.includes("aws:eks/podIdentityAssociation:PodIdentityAssociation::foundation-volumes"));
    const identity = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
    assert.deepEqual(recording.inputs(identity, "foundation-volumes"), {
      clusterName: "apg-prod",
      region,
      namespace: "kube-system",
      serviceAccount: "ebs-csi-controller-sa",
      roleArn: role("apg-prod-ebs-csi"),
      tags,
    });
    assert.equal(recording.inputs(identity, "foundation-autoscaler").serviceAccount, "karpenter");
  });

  it("has keys that are used by whom they are for", () => {
    const key = (name: string) => statements(recording.inputs("aws:kms/key:Key", `foundation-${name}`).policy);
    const principals = (name: string) =>
      key(name).map(({ Sid, Principal }) => [Sid, ...(Principal?.AWS ?? [Principal?.Service])]);
    assert.deepEqual(principals("secrets"), [
      ["Manage", deployer],
      ["ControlPlane", role("apg-prod-cluster")],
      ["HandOver", deployer],
    ]);
    assert.deepEqual(principals("logs"), [
      ["Manage", deployer],
      ["Logs", "logs.eu-central-1.amazonaws.com"],
    ]);
    assert.deepEqual(principals("events"), [
      ["Manage", deployer],
      ["Events", "events.amazonaws.com"],
      ["Receive", role("apg-prod-karpenter")],
    ]);
    const account = `arn:aws:iam::${accountId}:root`;
    assert.deepEqual(principals("volumes"), [
      ["Manage", deployer],
      ["Volumes", role("apg-prod-ebs-csi"), role("apg-prod-karpenter")],
      ["Attach", role("apg-prod-ebs-csi"), role("apg-prod-karpenter")],
      ["AutoScaling", account],
      ["AutoScalingAttach", account],
    ]);
    const whole = key("volumes").filter(({ Principal }) => Principal?.AWS?.includes(account));
    for (const { Condition } of whole)
      assert.match(JSON.stringify(Condition), /"aws:PrincipalArn":"[^*]*\/AWSServiceRoleForAutoScaling"/);
  });

  it("lets controllers change only what carries the cluster's tags", () => {
    const writes = /:(Create|Delete|Modify|Run|Terminate|Add|Remove|Authorize|Revoke|Register|Deregister|Set|Pass)/;
    // Making a group in a network, and running an image, is told apart by what is made.
    const free = new Set(["CreateSecurityGroups", "Launch"]);
    for (const { type, name, inputs } of recording.resources) {
      if (type !== "aws:iam/policy:Policy") continue;
      for (const { Sid, Action, Condition, Resource } of statements(inputs.policy)) {
        const changes = [Action].flat().some((action) => writes.test(action));
        const isNamed = typeof Resource === "string" && !Resource.includes("*");
        if (changes && !free.has(Sid)) assert.ok(Condition ?? isNamed, `${name} ${Sid}`);
        if (changes) assert.notEqual(Resource, "*", `${name} ${Sid}`);
      }
    }
  });

  it("hears of interruptions by an encrypted queue that only these rules write to", () => {
    const { policy, ...queue } = recording.inputs("aws:sqs/queue:Queue");
    assert.deepEqual(queue, {
      name: "apg-prod-karpenter",
      region,
      messageRetentionSeconds: 300,
      kmsMasterKeyId: keyArn,
      tags,
    });
    const arn = `arn:aws:sqs:${region}:${accountId}:apg-prod-karpenter`;
    const targets = recording.resources.filter(({ type }) => type === "aws:cloudwatch/eventTarget:EventTarget");
    assert.ok(targets.every(({ inputs }) => inputs.arn === arn));
    const rules = targets.map(({ inputs }) => `arn:aws:events:${region}:${accountId}:rule/${String(inputs.rule)}`);
    assert.deepEqual(statements(policy)[0]?.Condition, { ArnEquals: { "aws:SourceArn": rules } });
  });

  it("makes volumes encrypted, expandable, and in the pod's zone", () => {
    assert.deepEqual(recording.inputs("kubernetes:storage.k8s.io/v1:StorageClass"), {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "ebs.csi.aws.com",
      parameters: {
        type: "gp3",
        encrypted: "true",
        kmsKeyId: `arn:aws:kms:${region}:${accountId}:alias/apg-prod-volumes`,
        "csi.storage.k8s.io/fstype": "ext4",
      },
      reclaimPolicy: "Delete",
      allowVolumeExpansion: true,
      volumeBindingMode: "WaitForFirstConsumer",
    });
  });

  it("offers what a cluster that is there already offers", async () => {
    const { provider, priorityClassName, kubeconfig, clusterName, nodeSecurityGroupId } = recording.value;
    assert.ok(provider);
    assert.equal(await valueOf(priorityClassName), "apg-capability");
    assert.equal(await valueOf(clusterName), "apg-prod");
    assert.equal(await valueOf(nodeSecurityGroupId), "sg-nodes");
    assert.equal(await pulumi.isSecret(kubeconfig), true);
    const config = JSON.parse(await valueOf(kubeconfig)) as { users: { user: { exec: Inputs } }[] };
    assert.deepEqual(config.users[0]!.user.exec, {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "aws",
      args: ["--region", region, "eks", "get-token", "--cluster-name", "apg-prod", "--output", "json"],
      interactiveMode: "Never",
    });
    const inside = recording.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(inside.every((each) => each.provider?.includes("pulumi:providers:kubernetes::foundation")));
  });
});

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
