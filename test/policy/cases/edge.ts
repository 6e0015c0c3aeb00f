import type { RuleCases } from "./case.ts";
import { accessCases } from "./edge-access.ts";
import { balancerCases } from "./edge-balancer.ts";
import { certificateCases } from "./edge-certificates.ts";
import { firewallCases } from "./edge-firewall.ts";
import { gatewayCases } from "./edge-gateway.ts";
import { meshCases } from "./edge-mesh.ts";
import { nameCases } from "./edge-names.ts";
import { routeCases } from "./edge-routes.ts";
import { tlsClientCases } from "./edge-tls-clients.ts";

export const edgeCases: RuleCases[] = [
  ...balancerCases,
  ...firewallCases,
  ...gatewayCases,
  ...routeCases,
  ...accessCases,
  ...certificateCases,
  ...nameCases,
  ...meshCases,
  ...tlsClientCases,
];
