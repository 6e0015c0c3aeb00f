import { capabilityDefaults } from "../capability/capability.ts";
import type { CapabilityArgs } from "../capability/capability.ts";
import { namespaceName } from "../capability/naming.ts";
import type { NetworkEdge } from "../capability/network-policies.ts";
import { ports as postgresPorts } from "../data/postgres/names.ts";
import { postgresDefaults } from "../data/postgres/args.ts";
import { ports as redisPorts } from "../data/redis/names.ts";
import { gatewayCapability, gatewayPodLabels, routeEdge } from "../edge/names.ts";
import type { MeshNamespaceArgs } from "../security/mesh.ts";

/** A capability's namespace in the mesh, with the edges that its network policies have (AUD-SEC-01, CV-NET-05). */
export function meshNamespace(args: CapabilityArgs & { capability: string; route?: object }): MeshNamespaceArgs {
  const { capability, environment, acceptsFrom = [], connectsTo = [], dataPlatform } = args;
  const { port = capabilityDefaults.port } = args;
  const operator: NetworkEdge = { name: "operator", peer: postgresDefaults.operator, ports: [postgresPorts.status] };
  const metrics = [postgresPorts.metrics, postgresPorts.poolerMetrics, redisPorts.metrics];
  const monitoring = dataPlatform?.monitoring;
  const gateway = {
    name: routeEdge,
    peer: { namespace: namespaceName(gatewayCapability, environment), podLabels: { ...gatewayPodLabels } },
    ports: [port],
  };
  return {
    name: capability,
    namespace: namespaceName(capability, environment),
    acceptsFrom: [
      ...acceptsFrom.map((source) => ({ ...source, ports: [port] })),
      ...(args.route === undefined ? [] : [gateway]),
      ...(dataPlatform === undefined ? [] : [operator]),
      ...(monitoring === undefined ? [] : [{ name: "monitoring", peer: monitoring.peer, ports: metrics }]),
    ],
    connectsTo,
    probePorts: [port],
  };
}
