import { imageObjection } from "../../checklist/image.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { amountProblems } from "../capability/quota.ts";
import { withDefaults } from "../defaults.ts";
import { liesIn } from "../names.ts";
import { dnsLabel, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { edgeDefaults, gatewayPodsDefaults } from "./args.ts";
import type { AcmeArgs, EdgeArgs, GatewayPodsArgs } from "./args.ts";

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const hostName = new RegExp(`^(${label}\\.)+${label}$`);

/** Problems of the arguments of `Edge`, all of them. */
export function edgeProblems(args: EdgeArgs): Problem[] {
  const { environment, account, domain, issuers, firewall = {}, gateway = {} } = args;
  const { maxRequests } = thresholds.edge;
  return [
    // The target group's name, which has the environment in it, takes no more.
    ...dnsLabel("environment", environment, 20),
    ...unless(/^\d{12}$/.test(account.accountId), "account.accountId", account.accountId, "twelve digits are needed"),
    ...unless(hostName.test(domain), "domain", domain, "a domain such as example.com is accepted (CV-CUT-01)"),
    ...hostsProblems(args),
    ...subnetProblems(args),
    ...unless(
      /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(issuers.email),
      "issuers.email",
      issuers.email,
      "an address that authorities can write to is needed (CV-TLS-02)",
    ),
    ...issuerProblems(args),
    ...wholeNumber(
      "firewall.requestsPerFiveMinutes",
      firewall.requestsPerFiveMinutes ?? edgeDefaults.requestsPerFiveMinutes,
      { min: 10, max: maxRequests, items: "AUD-LB-06" },
    ),
    ...gatewayProblems(gateway),
  ];
}

function hostsProblems({ hosts, domain }: EdgeArgs): Problem[] {
  return [
    ...unless(hosts.length > 0, "hosts", "no name", "at least one is needed (CV-TLS-01)"),
    ...unless(
      hosts.length <= edgeDefaults.maxHosts,
      "hosts",
      `${hosts.length} names`,
      `a certificate takes ${edgeDefaults.maxHosts} (CV-TLS-01)`,
    ),
    ...hosts.flatMap((host, index) => [
      ...unless(
        hostName.test(host) && liesIn(host, domain),
        `hosts[${index}]`,
        host,
        `a name in ${domain} is needed, for its records are in that zone (CV-CUT-01)`,
      ),
      ...unless(hosts.indexOf(host) === index, `hosts[${index}]`, host, "each name may be given once (CV-CUT-01)"),
    ]),
  ];
}

function subnetProblems({ network }: EdgeArgs): Problem[] {
  const subnets = network.publicSubnetIds;
  // What another component supplies is known later; the rules look at the plan then.
  if (!Array.isArray(subnets)) return [];
  const { minZones } = thresholds.edge;
  return unless(
    subnets.length >= minZones,
    "network.publicSubnetIds",
    `${subnets.length} subnets`,
    `at least ${minZones} are needed, one in each zone (AUD-LB-01)`,
  );
}

function issuerProblems({ issuers }: EdgeArgs): Problem[] {
  const { primary = edgeDefaults.primary, backup } = issuers;
  const acme = (path: string, { server, caaDomain }: AcmeArgs) => [
    ...unless(server.startsWith("https://"), `${path}.server`, server, "an https URL is needed (CV-TLS-02)"),
    ...unless(
      hostName.test(caaDomain),
      `${path}.caaDomain`,
      caaDomain,
      "a domain such as letsencrypt.org is accepted (CV-TLS-02)",
    ),
  ];
  return [
    ...acme("issuers.primary", primary),
    ...acme("issuers.backup", backup),
    ...unless(
      primary.caaDomain !== backup.caaDomain,
      "issuers.backup.caaDomain",
      backup.caaDomain,
      "the primary authority is of that provider; another one is needed (CV-TLS-08)",
    ),
  ];
}

function gatewayProblems(gateway: GatewayPodsArgs): Problem[] {
  const { minReplicas, maxReplicas, requests, limits, image } = withDefaults(gateway, gatewayPodsDefaults);
  const objection = image === undefined ? undefined : imageObjection(image, { digestRequired: true });
  return [
    ...wholeNumber("gateway.minReplicas", minReplicas, {
      min: thresholds.edge.minGatewayReplicas,
      items: "CV-KUBE-05",
    }),
    ...wholeNumber("gateway.maxReplicas", maxReplicas, { min: 1, max: thresholds.replicas.max, items: "AUD-PROD-02" }),
    ...unless(
      minReplicas <= maxReplicas,
      "gateway.minReplicas",
      minReplicas,
      `at most maxReplicas (${maxReplicas}) is allowed (AUD-PROD-02)`,
    ),
    ...(objection === undefined ? [] : unless(false, "gateway.image", image ?? "", objection)),
    ...amountProblems("gateway.requests", requests),
    ...amountProblems("gateway.limits", limits),
  ];
}
