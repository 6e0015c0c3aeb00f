// The edge on AWS: which resources there are, and what is in them. It does not prove that requests arrive; probes do.
import assert from "node:assert/strict";
import { valueOf, record } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import type { Edge } from "../../../../components/edge/edge.ts";
import { refusedByAws } from "../aws-check.ts";
import { edge, edgeArgs, host, region, state } from "./fixtures.ts";

const tags = { "apg:environment": "prod" };
const anywhere = "0.0.0.0/0";

describe("Edge", () => {
  let recording: Recording<Edge>;
  before(async () => {
    recording = await record(() => edge(), state);
  });
  const inputs = (type: string, name?: string) => recording.inputs(type, name);
  const counts = () => {
    const found: Record<string, number> = {};
    for (const { type } of recording.resources.filter(({ type }) => type.startsWith("aws:")))
      found[type.split(":").at(-1)!] = (found[type.split(":").at(-1)!] ?? 0) + 1;
    return found;
  };

  it("asks AWS for exactly these resources, all of them below itself", () => {
    assert.deepEqual(counts(), {
      Alias: 2,
      Bucket: 1,
      BucketLifecycleConfiguration: 1,
      BucketOwnershipControls: 1,
      BucketPolicy: 1,
      BucketPublicAccessBlock: 1,
      BucketServerSideEncryptionConfiguration: 1,
      BucketVersioning: 1,
      Certificate: 1,
      CertificateValidation: 1,
      HealthCheck: 3,
      Key: 2,
      Listener: 2,
      LoadBalancer: 1,
      LogGroup: 2,
      LogResourcePolicy: 2,
      MetricAlarm: 1,
      Record: 5,
      SecurityGroup: 1,
      SecurityGroupEgressRule: 1,
      SecurityGroupIngressRule: 3,
      TargetGroup: 1,
      WebAcl: 2,
      WebAclAssociation: 1,
      WebAclLoggingConfiguration: 2,
      Zone: 1,
    });
    const parents = /^apg:(edge:Edge|capability:CapabilityNamespace|capability:NetworkPolicies)\b/;
    assert.deepEqual(
      recording.paths.filter((path) => !parents.test(path)),
      [],
    );
  });

  it("asks for nothing that AWS would refuse", async () => {
    assert.deepEqual(await refusedByAws(recording.resources), []);
  });

  it("keeps what is costly to lose", () => {
    assert.deepEqual(recording.protectedPaths, [
      "aws:cloudwatch/logGroup:LogGroup::edge-delivery-logs",
      "aws:cloudwatch/logGroup:LogGroup::edge-logs",
      "aws:kms/key:Key::edge-delivery-logs",
      "aws:kms/key:Key::edge-logs",
      "aws:lb/loadBalancer:LoadBalancer::edge",
      "aws:route53/zone:Zone::edge",
      "aws:s3/bucket:Bucket::edge-access-logs",
      "aws:s3/bucketVersioning:BucketVersioning::edge-access-logs",
    ]);
  });

  it("lets go of all of it where deletion is allowed", async () => {
    const open = await record(() => edge({ deletionProtection: false }), state);
    assert.deepEqual(open.protectedPaths, []);
    assert.equal(open.inputs("aws:lb/loadBalancer:LoadBalancer")["enableDeletionProtection"], false);
  });

  it("has a load balancer of layer 7 in three zones that trusts no malformed request", () => {
    assert.deepEqual(inputs("aws:lb/loadBalancer:LoadBalancer"), {
      name: "apg-prod",
      region,
      loadBalancerType: "application",
      internal: false,
      ipAddressType: "ipv4",
      subnets: ["subnet-a", "subnet-b", "subnet-c"],
      securityGroups: ["edge-id"],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "strictest",
      enableCrossZoneLoadBalancing: true,
      enableZonalShift: true,
      enableWafFailOpen: false,
      enableDeletionProtection: true,
      preserveHostHeader: true,
      xffHeaderProcessingMode: "append",
      idleTimeout: 300,
      accessLogs: { enabled: true, bucket: "apg-prod-edge-logs-123456789012-eu-central-1" },
      tags,
    });
    assert.ok(
      recording
        .dependencies("aws:lb/loadBalancer:LoadBalancer", "edge")
        .includes("aws:s3/bucketPolicy:BucketPolicy::edge-access-logs"),
    );
  });

  it("speaks TLS 1.3 alone, and sends plain HTTP there", () => {
    const listener = (name: string) => inputs("aws:lb/listener:Listener", name);
    const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/made";
    const loadBalancerArn = "arn:aws:lb:eu-central-1:123456789012:loadbalancer/made";
    assert.deepEqual(listener("edge-https"), {
      region,
      loadBalancerArn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
      certificateArn,
      defaultActions: [{ type: "forward", targetGroupArn: "arn:aws:lb:eu-central-1:123456789012:targetgroup/made" }],
      routingHttpResponseServerEnabled: false,
      routingHttpResponseStrictTransportSecurityHeaderValue: "max-age=63072000; includeSubDomains",
      routingHttpResponseXContentTypeOptionsHeaderValue: "nosniff",
      routingHttpResponseXFrameOptionsHeaderValue: "DENY",
      tags,
    });
    assert.deepEqual(listener("edge-http"), {
      region,
      loadBalancerArn,
      port: 80,
      protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
      tags,
    });
  });

  it("sends requests to the gateway's pods, by TLS, the least busy first, and probes them", () => {
    assert.deepEqual(inputs("aws:lb/targetGroup:TargetGroup"), {
      name: "apg-prod-gateway",
      region,
      vpcId: "vpc-1",
      targetType: "ip",
      port: 10_443,
      protocol: "HTTPS",
      protocolVersion: "HTTP1",
      loadBalancingAlgorithmType: "least_outstanding_requests",
      loadBalancingCrossZoneEnabled: "true",
      deregistrationDelay: 30,
      healthCheck: {
        enabled: true,
        protocol: "HTTPS",
        port: "traffic-port",
        path: "/gateway/health",
        matcher: "200",
        unhealthyThreshold: 2,
        interval: 10,
        timeout: 5,
        healthyThreshold: 2,
      },
      tags: { ...tags, "elbv2.k8s.aws/cluster": "apg-prod" },
    });
  });

  it("opens the world's ports of the load balancer, and between it and the nodes the gateway's alone", () => {
    const rules = recording.resources.filter(({ type }) => /SecurityGroup(In|E)gressRule$/.test(type));
    const flows = rules.map(({ type, inputs: rule }) => [
      type.split(":").at(-1),
      rule["securityGroupId"],
      rule["cidrIpv4"] ?? rule["referencedSecurityGroupId"],
      rule["fromPort"],
      rule["toPort"],
      rule["ipProtocol"],
    ]);
    assert.deepEqual(flows.map(String).sort(), [
      "SecurityGroupEgressRule,edge-id,sg-nodes,10443,10443,tcp",
      `SecurityGroupIngressRule,edge-id,${anywhere},443,443,tcp`,
      `SecurityGroupIngressRule,edge-id,${anywhere},80,80,tcp`,
      "SecurityGroupIngressRule,sg-nodes,edge-id,10443,10443,tcp",
    ]);
    assert.equal(inputs("aws:ec2/securityGroup:SecurityGroup")["ingress"], undefined);
  });

  it("keeps the load balancer's logs under S3's own keys, the only ones that it can use", () => {
    const rules = inputs("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
    assert.deepEqual(rules["rules"], [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }]);
    const { Statement } = JSON.parse(inputs("aws:s3/bucketPolicy:BucketPolicy")["policy"] as string) as {
      Statement: Inputs[];
    };
    assert.deepEqual(
      Statement.map(({ Sid, Effect }) => [Sid, Effect]),
      [
        ["DenyPlainHttp", "Deny"],
        ["DenyOldTls", "Deny"],
        ["Deliver", "Allow"],
      ],
    );
    assert.deepEqual(Statement[2], {
      Sid: "Deliver",
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::apg-prod-edge-logs-123456789012-eu-central-1/AWSLogs/123456789012/*",
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/*" },
      },
    });
  });

  it("puts out what routes, distributions and a second region need", async () => {
    const { gateway, zoneId, nameServers, deliveryWebAclArn, loadBalancerName } = recording.value;
    assert.equal(gateway.name, "apg");
    assert.equal(await valueOf(recording.value.zoneId), "Z0MADE");
    assert.ok(zoneId !== undefined && nameServers !== undefined);
    assert.equal(await valueOf(deliveryWebAclArn), "arn:aws:wafv2:eu-central-1:123456789012:webacl/made");
    assert.equal(await valueOf(loadBalancerName), "made.eu-central-1.elb.amazonaws.com");
  });
});

describe("Edge's names", () => {
  it("lead to the nearest region that is well, and are proved by records that regions share", async () => {
    const recording = await record(() => edge(), state);
    const found = (name: string) => recording.inputs("aws:route53/record:Record", name);
    assert.deepEqual(found(`edge-${host}`), {
      zoneId: "Z0MADE",
      name: host,
      type: "A",
      aliases: [{ name: "made.eu-central-1.elb.amazonaws.com", zoneId: "Z0MADE", evaluateTargetHealth: true }],
      setIdentifier: region,
      latencyRoutingPolicies: [{ region }],
      healthCheckId: "edge-id",
    });
    assert.deepEqual(found(`edge-${host}-proof`), {
      zoneId: "Z0MADE",
      name: `_proof.${host}.`,
      type: "CNAME",
      records: ["_value.acm-validations.aws."],
      ttl: 60,
      allowOverwrite: true,
    });
    assert.deepEqual(found("edge-caa")["records"], [
      '0 issue "amazon.com"',
      '0 issue "amazontrust.com"',
      '0 issue "letsencrypt.org"',
      '0 issue "sectigo.com"',
    ]);
  });

  it("leave a region out when its port or its targets fail, without TLS that Route 53 does not speak", async () => {
    const recording = await record(() => edge({ alarmTopicArn: "arn:topic" }), state);
    const check = (name: string) => recording.inputs("aws:route53/healthCheck:HealthCheck", name);
    assert.deepEqual(check("edge-reachable"), {
      type: "TCP",
      fqdn: "made.eu-central-1.elb.amazonaws.com",
      port: 443,
      requestInterval: 10,
      failureThreshold: 3,
      tags,
    });
    assert.deepEqual(check("edge-targets"), {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: "apg-prod-edge-targets",
      cloudwatchAlarmRegion: region,
      insufficientDataHealthStatus: "LastKnownStatus",
      tags,
    });
    assert.deepEqual(check("edge"), {
      type: "CALCULATED",
      childHealthchecks: ["edge-reachable-id", "edge-targets-id"],
      childHealthThreshold: 2,
      tags,
    });
    const alarm = recording.inputs("aws:cloudwatch/metricAlarm:MetricAlarm");
    assert.deepEqual(alarm["dimensions"], {
      LoadBalancer: "app/apg-prod/0f0e",
      TargetGroup: "targetgroup/apg-prod-gateway/0f0e",
    });
    assert.deepEqual([alarm["alarmActions"], alarm["okActions"]], [["arn:topic"], ["arn:topic"]]);
  });

  it("of a second region are in the zone of the first", async () => {
    const account = { ...edgeArgs.account, region: "eu-west-1", replicaRegion: "eu-central-1" };
    const recording = await record(() => edge({ account, dns: { zoneId: "Z0FIRST" } }), state);
    const zones = recording.resources.filter(({ type }) => type === "aws:route53/zone:Zone");
    assert.deepEqual(zones, []);
    assert.ok(!recording.paths.some((path) => path.endsWith("::edge-caa")));
    const { zoneId, setIdentifier, latencyRoutingPolicies } = recording.inputs(
      "aws:route53/record:Record",
      `edge-${host}`,
    );
    assert.deepEqual(
      [zoneId, setIdentifier, latencyRoutingPolicies],
      ["Z0FIRST", "eu-west-1", [{ region: "eu-west-1" }]],
    );
    assert.equal(recording.value.nameServers, undefined);
    assert.deepEqual(await refusedByAws(recording.resources), []);
  });
});
