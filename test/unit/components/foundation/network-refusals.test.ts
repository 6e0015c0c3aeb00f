// What the network refuses, in its words.
import assert from "node:assert/strict";
import type { NetworkArgs } from "../../../../components/foundation/network/args.ts";
import { Network } from "../../../../components/foundation/network/network.ts";
import { refusal } from "../../recorder.ts";
import { account, network, samlMetadata, vpn, zones } from "../foundation-fixtures.ts";

describe("Network refuses", () => {
  const refused = (args: Partial<NetworkArgs>) => refusal(() => new Network("network", { ...network, ...args }));
  const cases: [what: string, args: Partial<NetworkArgs>, messages: string[]][] = [
    [
      "networks of the internet, and those that subnets do not fit into",
      { cidr: "52.20.0.0/16" },
      [
        "network.cidr: 52.20.0.0/16 given; a private network from /16 to /20 that starts at its first address, such as 10.20.0.0/16, is accepted (CV-NET-02).",
      ],
    ],
    [
      "the network of the cluster's services",
      { cidr: "172.20.0.0/16" },
      ["network.cidr: 172.20.0.0/16 given; a network apart from 172.20.0.0/16 is accepted (CV-NET-02)."],
    ],
    [
      "fewer than three zones",
      { zones: zones.slice(0, 2) },
      ["network.zones: 2 given; from 3 to 6 zones are accepted (CV-NET-02)."],
    ],
    [
      "zones of elsewhere, and one twice",
      { zones: ["eu-central-1a", "eu-west-1a", "eu-central-1a"] },
      [
        "network.zones[1]: eu-west-1a given; a zone of eu-central-1, such as eu-central-1a, is accepted (CV-NET-02).",
        "network.zones[2]: eu-central-1a given; each zone may be used once (CV-NET-02).",
      ],
    ],
    [
      "secrets that leave the network",
      { interfaceEndpoints: ["ecr.api", "ecr.dkr", "sts", "kms", "logs"] },
      [
        "network.interfaceEndpoints: ecr.api, ecr.dkr, sts, kms, logs given; secretsmanager must be among them (CV-SECRET-04).",
      ],
    ],
    [
      "people whose machines have the network's addresses, and any group",
      { vpn: { ...vpn, clientCidr: "10.20.128.0/22", accessGroupId: "" } },
      [
        "network.vpn.clientCidr: 10.20.128.0/22 given; a network apart from 10.20.0.0/16 is accepted (CV-NET-06).",
        "network.vpn.accessGroupId: nothing given; the one group that may connect is needed (CV-NET-06).",
      ],
    ],
    [
      "nobody who says who comes",
      { vpn: { ...vpn, samlProviderArn: undefined } },
      ["network.vpn.samlMetadata: neither it nor samlProviderArn given; exactly one of them is needed (CV-NET-06)."],
    ],
    [
      "two who say who comes",
      { vpn: { ...vpn, samlMetadata } },
      ["network.vpn.samlMetadata: it and samlProviderArn given; exactly one of them is needed (CV-NET-06)."],
    ],
    [
      "what says nothing of an identity provider",
      { vpn: { ...vpn, samlProviderArn: undefined, samlMetadata: "identity-center.xml" } },
      [
        "network.vpn.samlMetadata: another text given; the XML by which an identity provider describes itself, an EntityDescriptor with an IDPSSODescriptor and of at least 1000 characters, is accepted (CV-NET-06).",
      ],
    ],
    [
      "who says who comes in no account",
      { vpn: { ...vpn, samlProviderArn: "arn:aws:iam::company:saml-provider/apg" } },
      [
        "network.vpn.samlProviderArn: arn:aws:iam::company:saml-provider/apg given; the ARN of an IAM SAML provider is accepted (CV-NET-06).",
      ],
    ],
    [
      "more pods than there are addresses for",
      { forecastPods: 10_000, cidr: "10.20.0.0/16" },
      [
        "network.forecastPods: 10000 given; with 30 % headroom they need 13000 addresses, and the private subnets have 12273 (CV-SCALE-08).",
      ],
    ],
    [
      "names that AWS does not take",
      { environment: "Prod", account: { ...account } },
      [
        "network.environment: Prod given; lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most 30 characters.",
      ],
    ],
  ];
  for (const [what, args, messages] of cases)
    it(what, async () => {
      assert.deepEqual(await refused(args), messages);
    });
});
