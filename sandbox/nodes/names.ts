// What a node is called and where it stands, real or simulated.

const zones = ["sandbox-a", "sandbox-b", "sandbox-c"];

export const nodeName = (number: number) => `worker-${number}`;

export function placeLabels(number: number) {
  return {
    "node-role.kubernetes.io/worker": "",
    "topology.kubernetes.io/region": "sandbox",
    "topology.kubernetes.io/zone": zones[(number - 1) % zones.length]!,
  };
}
