import type * as pulumi from "@pulumi/pulumi";
import { podTrust } from "../cloud/pod-trust.ts";
import { policyDocument } from "../cloud/policy-document.ts";
import { leastRole, podIdentity } from "../cloud/roles.ts";
import type { EdgeArgs } from "./args.ts";
import { certManager, edgeNames } from "./names.ts";

/** Lets cert-manager prove the edge's names by records of their zone, and change no other record (AUD-SEC-05, CV-ENV-03). */
export function challengeRole(name: string, args: EdgeArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { environment, account, clusterName, hosts, dns } = args;
  const { accountId, region } = account;
  const role = edgeNames(environment).certManagerRole;
  const tags = { "apg:environment": environment };
  const complete = leastRole(
    `${name}-cert-manager`,
    {
      role,
      trust: podTrust(certManager.namespace, certManager.serviceAccount),
      policies: [challengePolicy(hosts, dns?.zoneId)],
      description: `Records by which cert-manager proves the names of ${environment}.`,
      tags,
    },
    opts,
  );
  const identity = podIdentity(
    `${name}-cert-manager`,
    { clusterName, region, ...certManager, accountId, role, tags },
    { ...opts, dependsOn: complete },
  );
  return [...complete, identity];
}

/** Lets somebody write the records that prove these names; without the zone's identifier in any zone, and still no others. */
export function challengePolicy(hosts: readonly string[], zoneId = "*"): string {
  const zone = `arn:aws:route53:::hostedzone/${zoneId}`;
  return policyDocument([
    { Sid: "Wait", Effect: "Allow", Action: "route53:GetChange", Resource: "arn:aws:route53:::change/*" },
    { Sid: "Look", Effect: "Allow", Action: "route53:ListResourceRecordSets", Resource: zone },
    {
      Sid: "Prove",
      Effect: "Allow",
      Action: "route53:ChangeResourceRecordSets",
      Resource: zone,
      Condition: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": hosts.map((host) => `_acme-challenge.${host}`),
          "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
        },
      },
    },
  ]);
}
