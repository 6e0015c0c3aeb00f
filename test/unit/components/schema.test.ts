// Runs the analyzer by which Pulumi makes a package for other languages out of these components: a union, a callback or
// an intersection in an argument would shut Python, Go, C# and YAML programs out. Cluster and ExistingCluster are left out: what
// they are for is the provider object that they hand to a program in its own language.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import type { AnalyzeResult } from "@pulumi/pulumi/provider/experimental/analyzer.js";

const root = join(import.meta.dirname, "../../..");
const names = [
  "Alarms",
  "Application",
  "Audit",
  "Autoscaling",
  "Backup",
  "BackupBucket",
  "Capability",
  "CapabilityData",
  "CapabilityNamespace",
  "CertificateAuthority",
  "Detection",
  "Edge",
  "EmergencyAccess",
  "ImagePolicy",
  "Mesh",
  "Network",
  "NetworkPolicies",
  "NodePools",
  "ObjectStorage",
  "Operators",
  "PostgresCluster",
  "PublicRoute",
  "RedisSentinel",
  "Registry",
  "Runbooks",
  "SecretStores",
  "Secrets",
  "Security",
  "ThirdPartyKeys",
];

describe("components in other languages", () => {
  let result: AnalyzeResult;
  const propertiesOf = (type: string) => Object.keys(result.typeDefinitions[type]?.properties ?? {});

  before(function () {
    this.timeout(120_000);
    const packageJSON = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
    result = new Analyzer(root, "apg", packageJSON, new Set(names)).analyze();
  });

  it("have a schema of what must be given", () => {
    const required = Object.values(result.components).map(({ name, inputs }) => [
      name,
      Object.keys(inputs).filter((input) => inputs[input]!.optional !== true),
    ]);
    assert.deepEqual(Object.fromEntries(required), {
      Alarms: ["environment", "account", "notify"],
      Application: ["namespace", "capability", "environment", "image"],
      Audit: ["environment", "account"],
      Autoscaling: ["namespace", "target"],
      Backup: [
        "namespace",
        "capability",
        "environment",
        "store",
        "database",
        "connection",
        "cacheFolder",
        "toolsImage",
        "apiServer",
        "operator",
      ],
      BackupBucket: ["capability", "environment", "namespace"],
      Capability: ["environment", "image"],
      CapabilityData: [
        "namespace",
        "capability",
        "environment",
        "platform",
        "application",
        "serviceAccountName",
        "migration",
      ],
      CapabilityNamespace: ["capability", "environment"],
      CertificateAuthority: ["namespace", "capability", "environment"],
      Detection: ["environment", "account", "topicArn", "breakGlassRole"],
      Edge: ["environment", "account", "domain", "hosts", "network", "clusterName", "issuers"],
      EmergencyAccess: ["environment", "account", "principals"],
      ImagePolicy: ["registries"],
      Mesh: ["namespaces"],
      Network: ["environment", "account", "cidr", "zones"],
      NetworkPolicies: ["namespace"],
      NodePools: ["environment", "account", "clusterName", "zones", "imageVersion", "maintenanceWindow"],
      ObjectStorage: ["tenants", "capability", "environment", "namespace"],
      Operators: ["clusterName", "region", "vpcId", "environment", "cidr"],
      PostgresCluster: ["namespace", "capability", "environment", "image", "issuer", "apiServer", "poolerImage"],
      PublicRoute: ["namespace", "capability", "environment", "hosts", "gateway", "token"],
      RedisSentinel: ["namespace", "capability", "environment", "image", "issuer"],
      Registry: ["environment", "account", "repositories", "pullers"],
      Runbooks: [],
      SecretStores: ["environment", "capabilities", "store"],
      Secrets: ["environment", "account", "clusterName", "capabilities", "writers"],
      Security: ["environment", "account", "notify", "breakGlassPrincipals"],
      ThirdPartyKeys: ["namespace", "capability", "environment", "store", "keys"],
    });
  });

  it("have in it what one interface of arguments takes over from another", () => {
    const workload = [
      "image",
      "allowUndigestedImage",
      "component",
      "port",
      "resources",
      "settings",
      "featureFlags",
      "secrets",
      "probes",
      "sessionAffinity",
      "runtime",
      "nodeAffinity",
      "tolerations",
      "minAvailable",
      "preStopSeconds",
      "terminationGraceSeconds",
      "priorityClassName",
      "deploymentTimeout",
    ];
    const inputsOf = (component: string) => Object.keys(result.components[component]!.inputs);
    assert.deepEqual(inputsOf("Application"), [
      "namespace",
      "capability",
      "environment",
      "connections",
      "migration",
      ...workload,
    ]);
    assert.deepEqual(inputsOf("Capability"), [
      "capability",
      "environment",
      "replicas",
      "scaling",
      "persistentVolumeClaims",
      "namespaceLabels",
      "operatorGroups",
      "viewerGroups",
      "connectsTo",
      "acceptsFrom",
      "dataPlatform",
      "data",
      "migrationArgs",
      ...workload,
    ]);
    assert.deepEqual(inputsOf("RedisSentinel").slice(-8), propertiesOf("RedisSizeArgs"));
    assert.deepEqual(inputsOf("PostgresCluster").slice(-13), propertiesOf("PostgresSizeArgs"));
  });

  it("have in it what a namespace, a store and a connection are made of", () => {
    assert.deepEqual(Object.keys(result.components["CapabilityNamespace"]!.inputs), [
      "capability",
      "environment",
      "part",
      "workloads",
      "persistentVolumeClaims",
      "podMaximum",
      "namespaceLabels",
      "operatorGroups",
      "viewerGroups",
    ]);
    assert.deepEqual(propertiesOf("SecretKey"), ["secretName", "key"]);
    assert.deepEqual(propertiesOf("Connection"), ["name", "settings", "secrets", "certificates", "edges"]);
  });

  it("have a schema of what they put out", () => {
    const outputs = Object.values(result.components).map(({ name, outputs }) => [name, Object.keys(outputs)]);
    assert.deepEqual(Object.fromEntries(outputs), {
      Alarms: ["topicArn"],
      Application: ["deploymentName", "serviceName", "endpoint"],
      Audit: ["bucketName", "trailArn"],
      Autoscaling: ["autoscalerName"],
      Backup: ["scratchNamespace"],
      BackupBucket: ["store"],
      Capability: ["namespace", "endpoint"],
      CapabilityData: ["connections", "migrationConnection"],
      CapabilityNamespace: ["namespace"],
      CertificateAuthority: ["issuer"],
      Detection: ["detectorId"],
      Edge: ["gateway", "zoneId", "nameServers", "loadBalancerName", "deliveryWebAclArn"],
      EmergencyAccess: ["roleArn"],
      ImagePolicy: ["policyName"],
      Mesh: ["namespaces"],
      Network: [
        "vpcId",
        "cidr",
        "zones",
        "publicSubnetIds",
        "privateSubnetIds",
        "dataSubnetIds",
        "endpointSecurityGroupId",
        "vpnSecurityGroupId",
      ],
      NetworkPolicies: ["policyNames"],
      NodePools: ["poolNames"],
      ObjectStorage: ["buckets", "connection", "tenantAccess", "accessLogs"],
      Operators: ["ready", "installed"],
      PostgresCluster: ["connection", "migrationConnection", "clusterName"],
      PublicRoute: ["urls"],
      RedisSentinel: ["connection", "group"],
      Registry: ["host"],
      Runbooks: ["namespace"],
      SecretStores: ["storeNames"],
      Secrets: ["store"],
      Security: ["topicArn", "breakGlassRoleArn", "registryHost"],
      ThirdPartyKeys: ["secretNames"],
    });
  });

  it("carry their documentation along as text", () => {
    const documented = [
      ...Object.values(result.components),
      ...Object.values(result.components).flatMap(({ inputs, outputs }) => Object.values({ ...inputs, ...outputs })),
      ...Object.values(result.typeDefinitions).flatMap(({ properties }) => Object.values(properties ?? {})),
    ];
    const broken = documented.filter(({ description }) => !description || description.includes("[object"));
    assert.deepEqual(broken, []);
  });
});
