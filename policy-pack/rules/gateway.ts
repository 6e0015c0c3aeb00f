// The gateway: it ends TLS for every host, in more than one pod, and takes only what it can hold.
import { notConcerned, stackRule } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { entrances, listenerPolicies, onlyRedirects, parentsOf, routes } from "../lib/routes.ts";
import type { Value } from "../lib/value.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { minGatewayReplicas, minTls } = thresholds.edge;

export const gatewaysEndTls = stackRule({
  name: "gateways-end-tls",
  decides: ["CV-KUBE-05", "AUD-INFRA-07", "CV-TLS-01"],
  severity: "critical",
  description:
    "Every listener of a Gateway ends TLS with a certificate of its own, or does nothing but send clients to HTTPS.",
  fix: "Set protocol HTTPS, tls.mode Terminate and tls.certificateRefs on every listener.",
  subjects: entrances,
  check: (gateway, stack, complain) => {
    const listeners = gateway.spec.get("listeners").list();
    if (listeners.length === 0) complain(`${gateway.title} listens to nothing: add a listener with protocol HTTPS.`);
    for (const listener of listeners) {
      const name = listener.get("name").string() ?? "";
      const title = `Listener "${name}" of ${gateway.title}`;
      const protocol = listener.get("protocol").string() ?? "";
      if (protocol === "HTTP" && isForRedirects(stack, gateway, name)) continue;
      if (protocol !== "HTTPS") {
        complain(`${title} speaks ${protocol}: set its protocol to HTTPS.`);
        continue;
      }
      const mode = listener.at("tls.mode").string() ?? "Terminate";
      if (mode !== "Terminate") complain(`${title} passes TLS on: set tls.mode to Terminate.`);
      if (listener.at("tls.certificateRefs").list().length === 0)
        complain(`${title} has no certificate: name the Secret of a Certificate in tls.certificateRefs.`);
    }
  },
});

/** Whether nothing but redirects to HTTPS is attached to a listener. */
function isForRedirects(stack: PlannedStack, gateway: KubernetesObject, listener: string): boolean {
  const attached = routes(stack).filter((route) =>
    parentsOf(route).some(
      (parent) =>
        parent.namespace === gateway.namespace &&
        parent.name === gateway.name &&
        [undefined, listener].includes(parent.listener),
    ),
  );
  return attached.length > 0 && attached.every(onlyRedirects);
}

export const gatewaysHaveReplicas = stackRule({
  name: "gateways-have-replicas",
  decides: ["CV-KUBE-05"],
  severity: "high",
  description: `At least ${minGatewayReplicas} pods stand behind every Gateway.`,
  fix:
    "Declare an EnvoyProxy with provider.kubernetes.envoyDeployment.replicas or envoyHpa.minReplicas of at least " +
    `${minGatewayReplicas}, and name it in infrastructure.parametersRef of the Gateway or in parametersRef of its class.`,
  subjects: entrances,
  check: (gateway, stack, complain) => {
    const controller = classOf(gateway, stack)?.spec.get("controllerName").string() ?? envoy;
    // The provider's own load balancers are no pods.
    if (!controller.startsWith(envoy)) return notConcerned;
    const proxy = proxyOf(gateway, stack);
    if (proxy === undefined) {
      complain(
        `${gateway.title} does not say how many pods it has: name an EnvoyProxy of this stack in ` +
          "spec.infrastructure.parametersRef, or in its class.",
      );
      return undefined;
    }
    const provider = proxy.spec.at("provider.kubernetes");
    if (provider.get("envoyDaemonSet").isGiven) return undefined;
    const scaled = provider.at("envoyHpa.minReplicas");
    const replicas = (scaled.isGiven ? scaled : provider.at("envoyDeployment.replicas")).number() ?? 1;
    if (replicas < minGatewayReplicas)
      complain(`${proxy.title} gives ${gateway.title} ${replicas} pods: ask for at least ${minGatewayReplicas}.`);
    return undefined;
  },
});

const envoy = "gateway.envoyproxy.io/";

function classOf({ spec }: KubernetesObject, stack: PlannedStack): KubernetesObject | undefined {
  const className = spec.get("gatewayClassName").string();
  return stack.ofKind("GatewayClass").find(({ name }) => name === className);
}

/** The settings of its pods: its own, or those of its class. */
function proxyOf(gateway: KubernetesObject, stack: PlannedStack): KubernetesObject | undefined {
  const named = (reference: Value, namespace: string) =>
    reference.isGiven && reference.get("kind").string() === "EnvoyProxy"
      ? stack.named(
          "EnvoyProxy",
          reference.get("namespace").string() ?? namespace,
          reference.get("name").string() ?? "",
        )
      : undefined;
  const own = named(gateway.spec.at("infrastructure.parametersRef"), gateway.namespace);
  if (own !== undefined) return own;
  const found = classOf(gateway, stack);
  return found === undefined ? undefined : named(found.spec.get("parametersRef"), gateway.namespace);
}

const controllers: readonly string[] = ["envoy-gateway", "gateway-helm"];

export const controllersHaveReplicas = stackRule({
  name: "gateway-controllers-have-replicas",
  decides: ["CV-KUBE-05"],
  severity: "high",
  description: `The controller of Gateways runs in at least ${minGatewayReplicas} pods.`,
  fix: `Set spec.replicas of the controller's Deployment to at least ${minGatewayReplicas}.`,
  subjects: ["Deployment"],
  check: ({ title, spec }, _stack, complain) => {
    const labels = spec.at("template.metadata.labels").map();
    const names = ["control-plane", "app.kubernetes.io/name"].map((key) => labels.get(key) ?? "");
    if (!names.some((name) => controllers.includes(name))) return notConcerned;
    const replicas = spec.get("replicas").number() ?? 1;
    if (replicas < minGatewayReplicas)
      complain(`${title} runs in ${replicas} pods: set spec.replicas to at least ${minGatewayReplicas}.`);
    return undefined;
  },
});

export const gatewaysSpeakModernTls = stackRule({
  name: "gateways-speak-modern-tls",
  decides: ["CV-TLS-03", "CV-DATA-02", "CV-NET-04"],
  severity: "critical",
  description: `Every listener with TLS speaks ${minTls} alone, and takes requests of a limited size.`,
  fix: `Declare a ClientTrafficPolicy for the Gateway with spec.tls.minVersion "${minTls}" and spec.connection.bufferLimit.`,
  subjects: entrances,
  check: (gateway, stack, complain) => {
    for (const listener of gateway.spec.get("listeners").list()) {
      const name = listener.get("name").string() ?? "";
      const title = `Listener "${name}" of ${gateway.title}`;
      const policies = listenerPolicies(stack, "ClientTrafficPolicy", gateway, name);
      const every = (demand: (spec: Value) => boolean) =>
        policies.length > 0 && policies.every(({ spec }) => demand(spec));
      const secure = listener.get("protocol").string() !== "HTTP";
      if (secure && !every((spec) => spec.at("tls.minVersion").scalar() === minTls))
        complain(`${title} may speak old TLS: set spec.tls.minVersion of a ClientTrafficPolicy for it to "${minTls}".`);
      if (!every((spec) => spec.at("connection.bufferLimit").isGiven))
        complain(
          `${title} holds requests of any size: set spec.connection.bufferLimit of a ClientTrafficPolicy for it.`,
        );
    }
  },
});
