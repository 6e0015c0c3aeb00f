import { add, all, drop, find, set, unknownList, unknownText, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";

const balancer = 'LoadBalancer "balancer"';
const targets = 'TargetGroup "targets"';
const sts = "routingHttpResponseStrictTransportSecurityHeaderValue";

/** Forgets where an input came from. */
export const adrift =
  (name: string, property: string): Change =>
  (stack) =>
    void delete find(stack, name).propertyDependencies?.[property];

const from =
  (name: string, property: string, ...sources: string[]): Change =>
  (stack) => {
    const found = find(stack, name);
    found.propertyDependencies = {
      ...found.propertyDependencies,
      [property]: sources.map((source) => find(stack, source).urn),
    };
  };

/** The subnets are a list that is not known yet, of subnets in these zones. */
const subnetsIn = (...zones: string[]): Change =>
  all(
    add(
      ...zones.map((availabilityZone, index) =>
        resource("aws:ec2/subnet:Subnet", `public-${index}`, { availabilityZone }),
      ),
    ),
    set("balancer", "subnets", unknownList),
    from("balancer", "subnets", ...zones.map((_, index) => `public-${index}`)),
  );

const listenerRule = (action: object) =>
  all(
    add(resource("aws:lb/listenerRule:ListenerRule", "rule", { listenerArn: unknownText, actions: [action as never] })),
    from("rule", "listenerArn", "http"),
  );

export const balancerCases: RuleCases[] = [
  {
    rule: "public-load-balancers-know-http",
    of: "edge",
    good: [
      { when: "the subnets are a list of three zones that is not known yet", change: subnetsIn("a", "b", "c") },
      {
        when: "one for inside is of layer 4",
        change: add(
          resource("aws:lb/loadBalancer:LoadBalancer", "inside", { internal: true, loadBalancerType: "network" }),
        ),
      },
    ],
    bad: [
      {
        when: "it is of layer 4, in two zones, and keeps malformed headers",
        change: all(
          set("balancer", "loadBalancerType", "network"),
          unset("balancer", "subnets.2"),
          unset("balancer", "dropInvalidHeaderFields"),
        ),
        on: "balancer",
        says: [
          `${balancer} is of type network: set loadBalancerType to application.`,
          `${balancer} is in 2 zones: give it a subnet in each of 3.`,
          `${balancer} passes malformed headers on: set dropInvalidHeaderFields to true.`,
        ],
      },
      {
        when: "three subnets are in two zones",
        change: subnetsIn("a", "b", "b"),
        on: "balancer",
        says: [`${balancer} is in 2 zones: give it a subnet in each of 3.`],
      },
      {
        when: "nobody can say where it is",
        change: set("balancer", "subnets", unknownList),
        on: "balancer",
        says: [undecidable(balancer, "subnets")],
      },
      {
        when: "it has no listener for HTTPS",
        change: drop("https"),
        on: "balancer",
        says: [`${balancer} has no listener for HTTPS: declare a Listener of port 443 that names it.`],
      },
      {
        when: "it is a classic one",
        change: add(resource("aws:elb/loadBalancer:LoadBalancer", "old", {})),
        on: "old",
        says: [
          'LoadBalancer "old" is a classic load balancer: declare one of aws.lb with loadBalancerType application instead.',
        ],
      },
    ],
  },
  {
    rule: "target-groups-are-bound-to-a-service",
    of: "edge",
    good: [
      {
        when: "the binding names it by a known ARN",
        change: all(
          adrift("binding", "spec"),
          set(
            "binding",
            "spec.targetGroupARN",
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/apg-test-gateway/0123",
          ),
        ),
      },
    ],
    bad: [
      {
        when: "there is no binding",
        change: drop("binding"),
        on: "targets",
        says: [`${targets} has no targets: declare a TargetGroupBinding that binds it to the gateway's Service.`],
      },
      {
        when: "it binds to nothing",
        change: unset("binding", "spec.serviceRef"),
        on: "targets",
        says: [
          `TargetGroupBinding "apg-gateway-test/apg" binds ${targets} to nothing: set spec.serviceRef to the gateway's Service.`,
        ],
      },
      {
        when: "nobody can say what is bound",
        change: adrift("binding", "spec"),
        on: "binding",
        says: [undecidable('TargetGroupBinding "apg-gateway-test/apg"', "spec.targetGroupARN")],
      },
    ],
  },
  {
    rule: "targets-are-probed",
    of: "edge",
    bad: [
      {
        when: "it is left to AWS",
        change: unset("targets", "healthCheck"),
        on: "targets",
        says: [
          `${targets} probes every 30 seconds: set healthCheck.interval to at most 15.`,
          `${targets} takes a target out after 3 failures: set healthCheck.unhealthyThreshold to 2.`,
        ],
      },
      {
        when: "it is off, and takes any answer",
        change: all(set("targets", "healthCheck.enabled", false), set("targets", "healthCheck.matcher", "200-499")),
        on: "targets",
        says: [
          `${targets} probes nothing: set healthCheck.enabled to true.`,
          `${targets} takes 200-499 for healthy: set healthCheck.matcher to "200".`,
        ],
      },
    ],
  },
  {
    rule: "targets-share-the-load",
    of: "edge",
    bad: [
      {
        when: "it is left to AWS",
        change: all(
          unset("targets", "targetType"),
          unset("targets", "loadBalancingAlgorithmType"),
          unset("targets", "loadBalancingCrossZoneEnabled"),
          set("targets", "deregistrationDelay", 5),
        ),
        on: "targets",
        says: [
          `${targets} has targets of type instance: set targetType to ip.`,
          `${targets} shares requests by round_robin: set loadBalancingAlgorithmType to least_outstanding_requests.`,
          `${targets} may keep requests in a zone: set loadBalancingCrossZoneEnabled to "true".`,
          `${targets} drops requests after 5 seconds: set deregistrationDelay to at least 30.`,
        ],
      },
    ],
  },
  {
    rule: "listeners-speak-modern-tls",
    of: "edge",
    good: [
      {
        when: "its keys are post-quantum",
        change: set("https", "sslPolicy", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"),
      },
    ],
    bad: [
      {
        when: "it speaks TLS 1.2, without a certificate",
        change: all(set("https", "sslPolicy", "ELBSecurityPolicy-TLS13-1-2-2021-06"), unset("https", "certificateArn")),
        on: "https",
        says: [
          'Listener "https" speaks TLS by ELBSecurityPolicy-TLS13-1-2-2021-06: set sslPolicy to ELBSecurityPolicy-TLS13-1-3-2021-06.',
          'Listener "https" has no certificate: set certificateArn.',
        ],
      },
      {
        when: "it does not say which TLS",
        change: unset("https", "sslPolicy"),
        on: "https",
        says: [
          'Listener "https" does not say which TLS it speaks: set sslPolicy to ELBSecurityPolicy-TLS13-1-3-2021-06.',
        ],
      },
      {
        when: "nobody knows which TLS",
        change: set("https", "sslPolicy", unknownText),
        on: "https",
        says: [undecidable('Listener "https"', "sslPolicy")],
      },
    ],
  },
  {
    rule: "plain-http-is-redirected",
    of: "edge",
    good: [
      {
        when: "a rule redirects as well",
        change: listenerRule({ type: "redirect", redirect: { protocol: "HTTPS", statusCode: "HTTP_301" } }),
      },
    ],
    bad: [
      {
        when: "it answers",
        change: set("http", "defaultActions", [{ type: "forward", targetGroupArn: unknownText }]),
        on: "http",
        says: ['Listener "http" answers without TLS: let it redirect to HTTPS with HTTP_301 and do nothing else.'],
      },
      {
        when: "a rule of it answers",
        change: listenerRule({ type: "forward" }),
        on: "http",
        says: ['ListenerRule "rule" answers without TLS: let it redirect to HTTPS with HTTP_301 and do nothing else.'],
      },
    ],
  },
  {
    rule: "clients-are-told-to-stay-on-tls",
    of: "edge",
    good: [{ when: "the routes tell them", change: unset("https", sts) }],
    bad: [
      {
        when: "it is for an hour",
        change: set("https", sts, "max-age=3600; includeSubDomains"),
        on: "https",
        says: [
          'Listener "https" sends Strict-Transport-Security "max-age=3600; includeSubDomains": set max-age to at least 31536000.',
        ],
      },
      {
        when: "subdomains are left out",
        change: set("https", sts, "max-age=31536000"),
        on: "https",
        says: ['Listener "https" sends Strict-Transport-Security "max-age=31536000": add includeSubDomains.'],
      },
      {
        when: "neither it nor one of the routes tells them",
        change: all(unset("https", sts), unset("api", "spec.rules.0.filters")),
        on: "https",
        says: [
          'Listener "https" leaves clients free to come back without TLS: set ' +
            `${sts} to "max-age=31536000; includeSubDomains".`,
        ],
      },
    ],
  },
];
