// The part of a stack's configuration that is about its own network, cluster and nodes on AWS. What holds between several
// values the components check themselves, with the same words, before anything is created.
import * as z from "zod";
import { thresholds } from "../checklist/thresholds.ts";
import { isSamlMetadata, samlMetadataAccepted } from "../components/foundation/network/saml.ts";
import { mostZones } from "../components/foundation/network/subnets.ts";
import { graceHours } from "../components/foundation/node-pools/args.ts";
import { amount, count, dnsLabel, object, text } from "./values.ts";

const { cluster } = thresholds;

const cidr = (accepted: string, items: string) =>
  text(`${accepted} (${items})`).regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, { error: `${accepted} (${items})` });
const list = (accepted: string, item: z.ZodString, min: number, max?: number) => {
  const some = z.array(item, accepted).min(min, accepted);
  return max === undefined ? some : some.max(max, accepted);
};
const arn = (what: string, items: string) => {
  const accepted = `the ARN of ${what} is accepted (${items})`;
  return text(accepted).startsWith("arn:aws:", { error: accepted });
};
const roles = (items: string) =>
  list(`a list of at least one role's ARN is accepted (${items})`, arn("a role", items), 1);
const amounts = (items: string) => object({ cpu: amount("256", items), memory: amount("1024Gi", items) }, items);

const accountAccepted = "twelve digits, in quotes, are accepted (CV-NET-02)";
const zonesAccepted = `a list of ${cluster.minZones} to ${mostZones} zones such as eu-central-1a is accepted (CV-NET-02)`;
const versionAccepted = `a version such as "${Object.keys(cluster.standardSupport).at(-1)}", in quotes, is accepted (CV-KUBE-01)`;
const cronAccepted =
  "cron in UTC with one time of day, every day or on weekdays, such as 0 2 * * 0, is accepted (AUD-SOP-04, CV-MONTH-05)";

const durationAccepted = "whole hours from 1h to 12h are accepted (AUD-SOP-04)";
const imageAccepted = "a version of the nodes' image such as v20261112 is accepted (CV-MAINT-01)";

/** The account that everything of a stack on AWS is in. */
export const awsAccount = object(
  {
    accountId: text(accountAccepted).regex(/^\d{12}$/, { error: accountAccepted }),
    region: text("a region such as eu-central-1 is accepted (CV-NET-02)"),
    replicaRegion: text("a region such as eu-west-1 is accepted (CV-OBJ-07)"),
    administrators: roles("CV-DATA-03"),
    readers: list("a list of roles' ARNs is accepted (CV-DATA-04)", arn("a role", "CV-DATA-04"), 0).optional(),
  },
  "CV-NET-02",
);

/** A network and a cluster of the stack's own: `foundation.aws`. */
export const awsFoundation = object(
  {
    cidr: cidr("a private network from /16 to /20, such as 10.20.0.0/16, is accepted", "CV-NET-02"),
    zones: list(zonesAccepted, text("the name of a zone is accepted (CV-NET-02)"), cluster.minZones, mostZones),
    natGatewayPerZone: z.boolean("true or false is accepted (CV-NET-02)").optional(),
    vpn: object(
      {
        clientCidr: cidr("a network from /12 to /22 is accepted", "CV-NET-06"),
        samlMetadata: text(samlMetadataAccepted).refine(isSamlMetadata, { error: samlMetadataAccepted }).optional(),
        samlProviderArn: arn("an IAM SAML provider", "CV-NET-06").optional(),
        serverCertificateArn: arn("a certificate in ACM", "CV-NET-06"),
        accessGroupId: text("the one group that may connect is accepted (CV-NET-06)"),
      },
      "CV-NET-06",
    ).optional(),
    forecastPods: count({ min: 1 }, "CV-SCALE-08").optional(),
    clusterAdministrators: roles("AUD-GO-05").optional(),
    clusterName: dnsLabel("CV-KUBE-01").optional(),
    version: z
      .string(versionAccepted)
      .regex(/^1\.\d+$/, { error: versionAccepted })
      .optional(),
    apiClientCidrs: list(
      "a list of networks within the VPC is accepted (CV-NET-06)",
      cidr("a network such as 10.20.224.0/24 is accepted", "CV-NET-06"),
      0,
    ).optional(),
    systemNodes: object(
      {
        instanceTypes: list(
          "a list of at least one instance type is accepted (CV-KUBE-02)",
          text("an instance type such as m7i.xlarge is accepted (CV-KUBE-02)"),
          1,
        ).optional(),
        minSize: count({ min: cluster.minNodes }, "CV-KUBE-02").optional(),
        maxSize: count({ min: cluster.minNodes }, "CV-KUBE-02").optional(),
        diskGib: count({ min: 50 }, "CV-KUBE-02").optional(),
      },
      "CV-KUBE-02",
    ).optional(),
    operatorNamespace: dnsLabel("CV-KUBE-01", 63).optional(),
    deletionProtection: z.boolean("true or false is accepted (CV-BCP-02)").optional(),
  },
  "CV-KUBE-01, CV-NET-02",
);

/** When scheduled maintenance happens: `maintenanceWindow`. */
export const maintenanceWindow = object(
  {
    schedule: text(cronAccepted),
    duration: text(durationAccepted).regex(/^([1-9]|1[0-2])h$/, { error: durationAccepted }),
  },
  "AUD-SOP-04",
);

/** The peak that is forecast for the next 90 days: `forecastPeak`. */
export const forecastPeak = amounts("CV-SCALE-08");

/** Nodes that Karpenter makes: `nodePools`. */
export const nodePools = object(
  {
    generalLimits: amounts("AUD-SCALE-03").optional(),
    dataLimits: amounts("AUD-SCALE-03").optional(),
    gpu: object(
      {
        devicePluginImage: text("an image as repository:1.2.3@sha256:<64 hex digits> is accepted (CV-IMG-05)"),
        families: list(
          "a list of at least one instance family is accepted (CV-MODEL-05)",
          text("an instance family such as g6 is accepted (CV-MODEL-05)"),
          1,
        ).optional(),
        limits: amounts("AUD-SCALE-03").optional(),
      },
      "CV-MODEL-05",
    ).optional(),
    maxNodeHours: count({ min: graceHours, max: cluster.maxNodeHours - graceHours }, "CV-MAINT-01").optional(),
    imageVersion: text(imageAccepted).regex(/^v\d{8}$/, { error: imageAccepted }),
    diskGib: count({ min: 50 }, "CV-KUBE-02").optional(),
  },
  "AUD-SCALE-03",
);
