import { selectorLabels } from "../../capability/naming.ts";
import type { NetworkEdge } from "../../capability/network-policies.ts";
import type { Connection } from "../connection.ts";
import * as names from "./names.ts";

/** What an application of a capability needs to use its group. */
export function redisConnection(capability: string): Connection {
  const edge = (component: names.Component): NetworkEdge => ({
    name: component,
    peer: { podLabels: selectorLabels({ capability, environment: "", component }) },
    ports: [names.ports[component]],
  });
  return {
    name: "redis",
    settings: { REDIS_CA_FILE: names.authorityPath },
    secrets: [{ env: "REDIS_URL", secretName: names.applicationSecret, key: "url" }],
    certificates: [{ secretName: names.tlsSecret("redis"), key: "ca.crt", file: names.authorityFile }],
    edges: names.components.map(edge),
  };
}
