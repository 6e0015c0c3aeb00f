// What watches an account, and obeys every rule.
import { bucket, keyPolicy } from "./good-buckets.ts";
import { resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

/** How the engine writes a value that is not known yet. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const region = "eu-central-1";
const account = "123456789012";

/** A resource with inputs that come from others, and are not known yet unless said otherwise. */
export function derived(
  type: string,
  name: string,
  sources: Readonly<Record<string, FixtureResource | readonly FixtureResource[]>>,
  props: Json,
): FixtureResource {
  const from = Object.entries(sources).map(([key, of]) => [key, [of].flat().map(({ urn }) => urn)] as const);
  const open = Object.fromEntries(from.map(([key]) => [key, unknownText]));
  return { ...resource(type, name, { ...open, ...props }), propertyDependencies: Object.fromEntries(from) };
}

const key = resource("aws:kms/key:Key", "platform-key", {
  region,
  enableKeyRotation: true,
  rotationPeriodInDays: 365,
  deletionWindowInDays: 30,
  policy: JSON.stringify(keyPolicy),
});
const topic = derived("aws:sns/topic:Topic", "paging", { kmsMasterKeyId: key }, { name: "apg-test-paging" });

const trailBucket = bucket("apg-audio-trail-test", { "apg:purpose": "logs", "data-class": "restricted" });
const trail = derived(
  "aws:cloudtrail/trail:Trail",
  "trail",
  { s3BucketName: trailBucket[0]!, kmsKeyId: key },
  {
    name: "apg-test",
    isMultiRegionTrail: true,
    enableLogFileValidation: true,
    includeGlobalServiceEvents: true,
    advancedEventSelectors: [
      { name: "Management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
      {
        name: "Objects",
        fieldSelectors: [
          { field: "eventCategory", equals: ["Data"] },
          { field: "resources.type", equals: ["AWS::S3::Object"] },
        ],
      },
    ],
  },
);

/** A rule of EventBridge that pages; the target knows it as an output. */
function alarm(name: string, pattern: Json, state = "ENABLED"): FixtureResource[] {
  const rule = resource("aws:cloudwatch/eventRule:EventRule", name, {
    name: `apg-test-${name}`,
    state,
    eventPattern: JSON.stringify(pattern),
  });
  const target = derived("aws:cloudwatch/eventTarget:EventTarget", `${name}-page`, { rule, arn: topic }, {});
  return [rule, target];
}

const byTrail = "AWS API Call via CloudTrail";
const reads = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
const emergencyName = "apg-test-break-glass";

const alarms = [
  ...alarm("intruders", { source: ["aws.guardduty"], detail: { severity: [{ numeric: [">=", 7] }] } }),
  ...alarm("controls", {
    source: ["aws.securityhub"],
    detail: { findings: { Compliance: { Status: ["FAILED"] }, Severity: { Label: ["HIGH", "CRITICAL"] } } },
  }),
  ...alarm(
    "secret-reads",
    { source: ["aws.secretsmanager"], "detail-type": [byTrail], detail: { eventName: ["GetSecretValue"] } },
    reads,
  ),
  ...alarm(
    "emergency",
    {
      source: ["aws.sts"],
      detail: {
        eventName: ["AssumeRole"],
        requestParameters: { roleArn: [`arn:aws:iam::${account}:role/${emergencyName}`] },
      },
    },
    reads,
  ),
];

const emergencyRole = resource("aws:iam/role:Role", "emergency-role", {
  name: emergencyName,
  maxSessionDuration: 3600,
  assumeRolePolicy: JSON.stringify({
    Statement: [
      {
        Sid: "People",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:user/on-call` },
        Action: "sts:AssumeRole",
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      },
    ],
  }),
});
const deployRole = resource("aws:iam/role:Role", "deploy-role", {
  name: "apg-test-deploy",
  assumeRolePolicy: JSON.stringify({
    Statement: [
      {
        Sid: "Pipeline",
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { "token.actions.githubusercontent.com:sub": "repo:apg/platform:environment:test" },
        },
      },
    ],
  }),
});

const detector = resource("aws:guardduty/detector:Detector", "detector", { enable: true });
const feature = (name: string, called: string) =>
  derived(
    "aws:guardduty/detectorFeature:DetectorFeature",
    name,
    { detectorId: detector },
    { name: called, status: "ENABLED" },
  );
const standard = (name: string, arn: string) =>
  resource("aws:securityhub/standardsSubscription:StandardsSubscription", name, { standardsArn: arn });

const repository = derived(
  "aws:ecr/repository:Repository",
  "repository",
  { encryptionConfigurations: key },
  {
    name: "audio/api",
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: unknownText }],
  },
);

const runbook = [
  "## Trigger\n\nNobody else can get in.",
  "## Steps\n\n```sh\naws sts assume-role --role-arn break-glass\n```",
  "## Check\n\nThe page has arrived.",
  "## Undo\n\nThe session ends by itself.",
  "## Owner\n\nSecurity.",
].join("\n\n");

/** A stack's own resource, with its config. */
const config = resource("pulumi:pulumi:Stack", "config", {
  configured: {
    maintenanceWindow: { schedule: "0 2 * * 0", duration: "4h" },
    forecastPeak: { cpu: "40", memory: "160Gi" },
  },
  plain: { "apg:environment": "test", "apg:tenants": JSON.stringify([{ name: "acme" }]), "apg:zones": "3" },
});

export const goodSecurity: readonly FixtureResource[] = [
  config,
  key,
  topic,
  derived("aws:sqs/queue:Queue", "interruptions", { kmsMasterKeyId: key }, { name: "apg-test-interruptions" }),
  ...trailBucket,
  resource("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "trail-lock", {
    bucket: "apg-audio-trail-test",
    rule: { defaultRetention: { mode: "COMPLIANCE", years: 6 } },
  }),
  trail,
  derived(
    "aws:cloudwatch/logGroup:LogGroup",
    "flow-logs",
    { kmsKeyId: key },
    { name: "/apg/test/flows", retentionInDays: 90 },
  ),
  ...alarms,
  emergencyRole,
  resource("core/v1:ConfigMap", "security-runbooks", {
    metadata: { name: "apg-runbooks", namespace: "apg-security" },
    data: Object.fromEntries(
      ["break-glass", "maintenance-window", "security-incident", "updates"].map((name) => [`${name}.md`, runbook]),
    ),
  }),
  deployRole,
  detector,
  feature("audit-logs", "EKS_AUDIT_LOGS"),
  feature("run-time", "RUNTIME_MONITORING"),
  resource("aws:cfg/recorder:Recorder", "recorder", { name: "apg-test", roleArn: unknownText }),
  resource("aws:cfg/recorderStatus:RecorderStatus", "recording", { name: "apg-test", isEnabled: true }),
  resource("aws:cfg/conformancePack:ConformancePack", "conformance", {
    name: "apg-test",
    templateBody: "Resources: {}",
  }),
  resource("aws:securityhub/account:Account", "hub", { enableDefaultStandards: false }),
  standard("cis", `arn:aws:securityhub:${region}::standards/cis-aws-foundations-benchmark/v/3.0.0`),
  standard("practices", `arn:aws:securityhub:${region}::standards/aws-foundational-security-best-practices/v/1.0.0`),
  resource("aws:inspector2/enabler:Enabler", "inspector", { accountIds: [account], resourceTypes: ["ECR", "EC2"] }),
  repository,
  resource("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", "scanning", {
    scanType: "ENHANCED",
    rules: [{ scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] }],
  }),
  resource("policy.sigstore.dev/v1beta1:ClusterImagePolicy", "signatures", {
    metadata: { name: "signed" },
    spec: {
      mode: "enforce",
      images: [{ glob: `${account}.dkr.ecr.${region}.amazonaws.com/**` }],
      authorities: [
        { name: "pipeline", keyless: { identities: [{ issuer: "https://issuer.test", subject: "release" }] } },
      ],
    },
  }),
  resource("aws:iam/policy:Policy", "deploy-policy", {
    name: "apg-test-deploy",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "Read", Effect: "Allow", Action: ["eks:DescribeCluster"], Resource: "*" }],
    }),
  }),
  derived(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "deploy-attachment",
    { role: deployRole },
    { policyArn: `arn:aws:iam::aws:policy/ReadOnlyAccess` },
  ),
];
