import type { NetworkPeer } from "../capability/network-policies.ts";

/** Somebody who may connect. */
export interface ClientArgs {
  /** Name of the client; a DNS label. */
  name: string;
  /** The client's pods. */
  peer: NetworkPeer;
}

/** A port of somebody. */
export interface PortArgs {
  /** Who listens. */
  peer: NetworkPeer;
  /** TCP port. */
  port: number;
}

/** Who reads metrics; with it come the descriptions of what to read, and the alerts. */
export interface MonitoringArgs {
  /** Prometheus' pods. */
  peer: NetworkPeer;
}
