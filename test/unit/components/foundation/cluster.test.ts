// The cluster on EKS: which resources there are, and what is in them.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { addonNames, addonVersions } from "../../../../components/foundation/cluster/addon-versions.ts";
import type { Cluster } from "../../../../components/foundation/cluster/cluster.ts";
import { valueOf } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { accountId, deployer, region } from "../foundation-fixtures.ts";
import { declare, declareWithPeople, keyArn, role, tags } from "./cluster-fixtures.ts";

describe("Cluster", () => {
  let recording: Recording<Cluster>;
  const names = (type: string) =>
    recording.resources.flatMap((each) => (each.type === type ? [each.name.replace("foundation-", "")] : [])).sort();
  before(async () => {
    recording = await declareWithPeople();
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
