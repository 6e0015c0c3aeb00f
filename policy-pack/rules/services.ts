// Services: inside the cluster only, and near.
import { notConcerned, objectRule } from "../lib/define.ts";

export const servicesAreInternal = objectRule({
  name: "services-are-internal",
  decides: ["CV-MAN-02"],
  severity: "high",
  description:
    "Every Service is of type ClusterIP and has no external addresses; only the gateway is reached from outside.",
  fix: "Set spec.type to ClusterIP and remove spec.externalIPs; let the gateway route to the Service.",
  settings: {
    allowed: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "The gateway's Services, which may be of type LoadBalancer, as namespace/name.",
    },
  },
  kinds: ["Service"],
  check: (service, complain, { allowed }) => {
    const type = service.spec.get("type").string() ?? "ClusterIP";
    const isGateway = (allowed as readonly string[]).includes(`${service.namespace}/${service.name}`);
    if (type !== "ClusterIP" && !(isGateway && type === "LoadBalancer")) {
      complain(`${service.title} is of type ${type}: set spec.type to ClusterIP and reach it through the gateway.`);
    }
    if (service.spec.get("externalIPs").list().length > 0) {
      complain(`${service.title} has external addresses: remove spec.externalIPs.`);
    }
  },
});

export const servicesPreferTheirZone = objectRule({
  name: "services-prefer-their-zone",
  decides: ["CV-SCALE-07"],
  severity: "low",
  description: "Traffic to an internal Service stays in its zone where it can.",
  fix: "Set spec.trafficDistribution to PreferSameZone.",
  kinds: ["Service"],
  check: (service, complain) => {
    const type = service.spec.get("type").string() ?? "ClusterIP";
    if (type !== "ClusterIP" || service.spec.get("clusterIP").string() === "None") return notConcerned;
    const distribution = service.spec.get("trafficDistribution").string() ?? "";
    if (!["PreferSameZone", "PreferClose"].includes(distribution)) {
      complain(`${service.title} sends traffic across zones: set spec.trafficDistribution to PreferSameZone.`);
    }
    return undefined;
  },
});
