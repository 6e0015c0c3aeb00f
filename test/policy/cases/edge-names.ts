import { add, all, copy, drop, set, unknownText, unset } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import type { RuleCases } from "./case.ts";
import { adrift } from "./edge-balancer.ts";
import { undecidable } from "./object-storage.ts";

const record = 'Record "record"';
const clusters = add(
  resource("aws:eks/cluster:Cluster", "cluster", { region: "eu-central-1" }),
  resource("aws:eks/cluster:Cluster", "cluster-elsewhere", { region: "eu-west-1" }),
);

export const nameCases: RuleCases[] = [
  {
    rule: "records-lead-to-what-is-planned",
    of: "edge",
    good: [
      {
        when: "it lives for a minute",
        change: all(unset("record", "aliases"), set("record", "ttl", 60), set("record", "records", ["203.0.113.7"])),
      },
      {
        when: "it leads to another record",
        change: all(
          copy("record", "regional", set("regional", "name", "eu.example.com")),
          adrift("record", "aliases"),
          set("record", "aliases", [{ name: "eu.example.com", zoneId: "Z1" }]),
        ),
      },
      {
        when: "other names are remembered for long",
        change: add(
          resource("aws:route53/record:Record", "mail", {
            name: unknownText,
            type: "CNAME",
            ttl: 1800,
            records: ["x"],
          }),
          resource("aws:route53/record:Record", "old", {
            name: "old.example.com",
            type: "A",
            ttl: 1800,
            records: ["x"],
          }),
        ),
      },
    ],
    bad: [
      {
        when: "it lives for an hour",
        change: all(unset("record", "aliases"), set("record", "ttl", 3600), set("record", "records", ["203.0.113.7"])),
        on: "record",
        says: [`${record} is remembered for 3600 seconds: make it an alias, or set ttl to at most 60.`],
      },
      {
        when: "it leads elsewhere",
        change: all(adrift("record", "aliases"), set("record", "aliases", [{ name: "old.example.net", zoneId: "Z2" }])),
        on: "record",
        says: [`${record} leads to nothing of this plan: take its aliases from a LoadBalancer or a Distribution.`],
      },
      {
        when: "nobody can say where it leads",
        change: adrift("record", "aliases"),
        on: "record",
        says: [undecidable(record, "aliases[0].name")],
      },
    ],
  },
  {
    rule: "public-hosts-have-records",
    of: "edge",
    good: [
      { when: "a wildcard leads there", change: set("record", "name", "*.example.com") },
      {
        when: "the load balancer is another stack's",
        change: all(drop("balancer"), drop("record"), drop("record-elsewhere")),
      },
    ],
    bad: [
      {
        when: "a host has none",
        change: set("api", "spec.hostnames", ["other.example.com"]),
        on: "api",
        says: [
          'HTTPRoute "apg-vision-test/api" has the host other.example.com, which no Record leads to: declare one.',
        ],
      },
      {
        when: "nobody knows whose record it is",
        change: all(set("api", "spec.hostnames", ["other.example.com"]), set("record-elsewhere", "name", unknownText)),
        on: "record-elsewhere",
        says: [undecidable('Record "record-elsewhere"', "name")],
      },
    ],
  },
  {
    rule: "records-follow-latency-and-health",
    of: "edge",
    proves: "nothing",
    good: [
      {
        when: "a name of the region alone leads there in any case",
        change: all(
          set("record-elsewhere", "name", "eu-central-1.example.com"),
          unset("record-elsewhere", "setIdentifier"),
          unset("record-elsewhere", "latencyRoutingPolicies"),
          unset("record-elsewhere", "healthCheckId"),
        ),
      },
    ],
    bad: [
      {
        when: "it is the only one of its name",
        change: all(unset("record", "setIdentifier"), unset("record", "latencyRoutingPolicies")),
        on: "record",
        says: [`${record} leaves no room for another region: set setIdentifier and latencyRoutingPolicies.`],
      },
      {
        when: "it does not mind whether its region is well",
        change: unset("record", "healthCheckId"),
        on: "record",
        says: [`${record} leads to its region whether that is well or not: set healthCheckId to a HealthCheck.`],
      },
    ],
  },
  {
    rule: "names-are-served-from-several-regions",
    of: "edge",
    good: [{ when: "the other region is another stack's", change: drop("record-elsewhere") }],
    bad: [
      {
        when: "nobody knows in which region a record is",
        change: set("record-elsewhere", "latencyRoutingPolicies", [{ region: unknownText }]),
        on: "record-elsewhere",
        says: Array.from({ length: 2 }, () =>
          undecidable('Record "record-elsewhere"', "latencyRoutingPolicies[0].region"),
        ),
      },
    ],
  },
  {
    rule: "regions-have-a-cluster-each",
    of: "edge",
    good: [
      { when: "each region has one", change: clusters },
      { when: "the other region is another stack's", change: drop("record-elsewhere") },
    ],
    bad: [
      {
        when: "nobody knows in which region a cluster is",
        change: all(clusters, set("cluster-elsewhere", "region", unknownText)),
        on: "cluster-elsewhere",
        says: Array.from({ length: 2 }, () => undecidable('Cluster "cluster-elsewhere"', "region")),
      },
    ],
  },
];
