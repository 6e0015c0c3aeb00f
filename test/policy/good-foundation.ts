// A stack's foundation that obeys every rule: the network, the cluster and its nodes, with what watches the account.
import { thresholds } from "../../checklist/thresholds.ts";
import { derived, goodSecurity } from "./good-security.ts";
import { resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

const region = "eu-central-1";
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownList = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";
const environment = { "apg:environment": "test" };

/** After all that are in the list, so that the day of the test does not matter. */
export const clusterMinor = Object.keys(thresholds.cluster.standardSupport).length + 40;
export const clusterVersion = `1.${clusterMinor}`;

const securityKey = goodSecurity.find(({ name }) => name === "platform-key")!;
const flowLogs = goodSecurity.find(({ name }) => name === "flow-logs")!;

const vpc = resource("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.20.0.0/16", region, tags: environment });
const gateway = derived("aws:ec2/internetGateway:InternetGateway", "internet", { vpcId: vpc }, {});
const ofVpc = (type: string, name: string, props: Json = {}) => derived(type, name, { vpcId: vpc }, props);

const zones = ["a", "b", "c"];
const tiers = ["public", "private", "data"];
const subnet = (tier: string, zone: string) =>
  ofVpc("aws:ec2/subnet:Subnet", `${tier}-${zone}`, {
    cidrBlock: `10.20.${16 * (3 * tiers.indexOf(tier) + zones.indexOf(zone))}.0/20`,
    availabilityZone: `${region}${zone}`,
    mapPublicIpOnLaunch: false,
    tags: { ...environment, "apg:tier": tier },
  });
const publicSubnets = zones.map((zone) => subnet("public", zone));
const privateSubnets = zones.map((zone) => subnet("private", zone));
const dataSubnets = zones.map((zone) => subnet("data", zone));

const publicTable = ofVpc("aws:ec2/routeTable:RouteTable", "public-table");
const privateTable = ofVpc("aws:ec2/routeTable:RouteTable", "private-table");
const associated = (of: FixtureResource, table: FixtureResource) =>
  derived(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    `${of.name}-routes`,
    { subnetId: of, routeTableId: table },
    {},
  );

const endpoint = (service: string) =>
  ofVpc("aws:ec2/vpcEndpoint:VpcEndpoint", `endpoint-${service}`, {
    serviceName: `com.amazonaws.${region}.${service}`,
    vpcEndpointType: service === "s3" ? "Gateway" : "Interface",
    privateDnsEnabled: service !== "s3",
  });

const edgeGroup = ofVpc("aws:ec2/securityGroup:SecurityGroup", "edge", {
  name: "apg-test-edge",
  tags: { "apg:purpose": "load-balancer" },
});
const nodeGroup = ofVpc("aws:ec2/securityGroup:SecurityGroup", "node-access", { name: "apg-test-nodes" });
const ingress = (name: string, group: FixtureResource, props: Json) =>
  derived("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name, { securityGroupId: group }, props);

const network: FixtureResource[] = [
  vpc,
  gateway,
  ...publicSubnets,
  ...privateSubnets,
  ...dataSubnets,
  publicTable,
  privateTable,
  derived(
    "aws:ec2/route:Route",
    "out",
    { routeTableId: publicTable, gatewayId: gateway },
    {
      destinationCidrBlock: "0.0.0.0/0",
    },
  ),
  ...publicSubnets.map((each) => associated(each, publicTable)),
  ...privateSubnets.map((each) => associated(each, privateTable)),
  ofVpc("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default-group", { ingress: [], egress: [] }),
  derived(
    "aws:ec2/flowLog:FlowLog",
    "flows",
    { vpcId: vpc, logDestination: flowLogs },
    {
      trafficType: "ALL",
      maxAggregationInterval: 60,
    },
  ),
  ...["s3", ...thresholds.network.requiredEndpoints].map(endpoint),
  edgeGroup,
  nodeGroup,
  ingress("web", edgeGroup, { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 443, toPort: 443 }),
  ingress("from-network", nodeGroup, { cidrIpv4: "10.20.0.0/16", ipProtocol: "tcp", fromPort: 8080, toPort: 8080 }),
];

const vpn = derived(
  "aws:ec2clientvpn/endpoint:Endpoint",
  "vpn",
  { vpcId: vpc },
  {
    authenticationOptions: [
      { type: "federated-authentication", samlProviderArn: "arn:aws:iam::123456789012:saml/apg" },
    ],
    connectionLogOptions: { enabled: true, cloudwatchLogGroup: "/apg/test/vpn" },
  },
);
const vpnGroup = derived(
  "aws:ec2clientvpn/authorizationRule:AuthorizationRule",
  "vpn-group",
  { clientVpnEndpointId: vpn },
  {
    targetNetworkCidr: "10.20.0.0/16",
    accessGroupId: "platform",
  },
);

const cluster = derived(
  "aws:eks/cluster:Cluster",
  "eks",
  { vpcConfig: privateSubnets, encryptionConfig: securityKey },
  {
    name: "apg-test",
    version: clusterVersion,
    roleArn: "arn:aws:iam::123456789012:role/apg-test-cluster",
    accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
    deletionProtection: true,
    enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    encryptionConfig: { resources: ["secrets"], provider: { keyArn: unknownText } },
    upgradePolicy: { supportType: "STANDARD" },
    vpcConfig: { subnetIds: unknownList, endpointPrivateAccess: true, endpointPublicAccess: false },
  },
);

const addon = (name: string, version = "v1.2.3-eksbuild.1") =>
  derived(
    "aws:eks/addon:Addon",
    `addon-${name}`,
    { clusterName: cluster },
    {
      clusterName: "apg-test",
      addonName: name,
      addonVersion: version,
    },
  );

/** Makes somebody an administrator of the cluster. */
const administrator = (name: string, sources: Record<string, FixtureResource>, props: Json) =>
  derived(
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    name,
    { clusterName: cluster, ...sources },
    { policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", ...props },
  );
const emergencyRole = goodSecurity.find(({ name }) => name === "emergency-role")!;

/** Gives the pods of an operator's service account a role. */
const operatorIdentity = (name: string, namespaceOf: string, serviceAccount: string) =>
  derived(
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    name,
    { clusterName: cluster },
    {
      clusterName: "apg-test",
      namespace: namespaceOf,
      serviceAccount,
      roleArn: `arn:aws:iam::123456789012:role/apg-test-${serviceAccount}`,
    },
  );

const nodeRole = resource("aws:iam/role:Role", "node-role", {
  name: "apg-test-node",
  assumeRolePolicy: JSON.stringify({
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
});
const nodePolicy = (name: string) =>
  derived(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    `node-${name}`,
    { role: nodeRole },
    {
      role: "apg-test-node",
      policyArn: `arn:aws:iam::aws:policy/${name}`,
    },
  );

const metadataOptions = { httpTokens: "required", httpPutResponseHopLimit: 1 };
const template = derived(
  "aws:ec2/launchTemplate:LaunchTemplate",
  "template",
  { blockDeviceMappings: securityKey },
  {
    metadataOptions,
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", kmsKeyId: unknownText } }],
  },
);
const base = derived(
  "aws:eks/nodeGroup:NodeGroup",
  "base",
  { subnetIds: privateSubnets, launchTemplate: template },
  {
    clusterName: "apg-test",
    nodeGroupName: "base",
    nodeRoleArn: "arn:aws:iam::123456789012:role/apg-test-node",
    subnetIds: unknownList,
    scalingConfig: { minSize: 3, maxSize: 6, desiredSize: 3 },
    instanceTypes: ["m7i.xlarge", "m6i.xlarge"],
    amiType: "AL2023_x86_64_STANDARD",
    version: clusterVersion,
    launchTemplate: { id: unknownText, version: unknownText },
  },
);

/** A pool of nodes with these requirements besides. */
export const pool = (name: string, requirements: Json[], more: Json = {}) =>
  resource("karpenter.sh/v1:NodePool", name, {
    metadata: { name },
    spec: {
      limits: { cpu: "64", memory: "256Gi" },
      disruption: {
        consolidationPolicy: "WhenEmptyOrUnderutilized",
        // From the window's end on Sunday to its next start.
        budgets: [{ nodes: "0", schedule: "0 6 * * 0", duration: "164h", reasons: ["Drifted"] }, { nodes: "10%" }],
      },
      template: {
        spec: {
          expireAfter: "720h",
          requirements: [
            { key: "karpenter.k8s.aws/instance-cpu", operator: "Gt", values: ["3"] },
            { key: "karpenter.k8s.aws/instance-memory", operator: "Gt", values: ["16383"] },
            ...requirements,
          ],
          ...more,
        },
      },
    },
  });

const storageClass = resource("storage.k8s.io/v1:StorageClass", "gp3", {
  metadata: { name: "gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "ebs.csi.aws.com",
  parameters: { type: "gp3", encrypted: "true", kmsKeyId: unknownText },
  allowVolumeExpansion: true,
  volumeBindingMode: "WaitForFirstConsumer",
});

export const goodFoundation: readonly FixtureResource[] = [
  ...network,
  vpn,
  vpnGroup,
  cluster,
  ...["vpc-cni", "coredns", "aws-ebs-csi-driver", "eks-pod-identity-agent"].map((name) => addon(name)),
  addon("kube-proxy", `v${clusterVersion}.1-eksbuild.1`),
  administrator("deployer", {}, { principalArn: "arn:aws:iam::123456789012:role/apg-test-deploy" }),
  administrator("emergencies", { principalArn: emergencyRole }, {}),
  nodeRole,
  nodePolicy("AmazonEKSWorkerNodePolicy"),
  nodePolicy("AmazonEC2ContainerRegistryPullOnly"),
  template,
  base,
  resource("karpenter.k8s.aws/v1:EC2NodeClass", "standard", {
    metadata: { name: "standard" },
    spec: { amiSelectorTerms: [{ alias: "al2023@v20261101" }], metadataOptions, role: "apg-test-node" },
  }),
  pool("general", [{ key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["m", "r"] }]),
  storageClass,
  resource("aws:ebs/volume:Volume", "volume", {
    availabilityZone: `${region}a`,
    size: 10,
    encrypted: true,
    kmsKeyId: unknownText,
  }),
  resource("velero.io/v1:BackupStorageLocation", "state-location", {
    metadata: { name: "state", namespace: "velero" },
    spec: { provider: "aws", config: { region, kmsKeyId: "alias/backup" } },
  }),
  resource("velero.io/v1:Schedule", "state-schedule", {
    metadata: { name: "state", namespace: "velero" },
    spec: { schedule: "0 1 * * *", template: { storageLocation: "state", ttl: "720h0m0s" } },
  }),
  operatorIdentity("velero-identity", "velero", "velero"),
  operatorIdentity("controller-identity", "cosign-system", "policy-controller-webhook"),
  ...goodSecurity,
];
