import "./config/traces.ts";
import {
  Capability,
  createFoundation,
  createPlatform,
  Mesh,
  meshNamespace,
  PublicRoute,
  ThirdPartyKeys,
} from "./components/index.ts";
import { loadConfig } from "./config.ts";

// Every problem of the stack's configuration at once, before anything exists.
const config = loadConfig();

// A network and a cluster of this stack on AWS, or a cluster that is there, or the one that another stack exports.
const ground = createFoundation(config.foundation);

// What capabilities find around them: operators, nodes, security, secrets, and the edge that the world reaches.
const around = await createPlatform(config.platform, ground);
const { provider, gateway, data, namespaceLabels } = around;

// A capability is data in the stack's configuration: its namespace, data, application, autoscaling and network policies.
const capabilities = config.capabilities.map(({ route, thirdParty, ...spec }) => {
  const { capability: name, environment } = spec;
  const { priorityClassName } = ground;
  const dataPlatform = spec.dataPlatform && { ...spec.dataPlatform, ...data };
  const capability = new Capability(name, { ...spec, dataPlatform, priorityClassName, namespaceLabels }, { provider });
  const home = { namespace: capability.namespace, capability: name, environment };
  const store = data.secretStore;
  if (route && gateway) new PublicRoute(name, { ...home, ...route, gateway }, { provider });
  if (thirdParty && store) new ThirdPartyKeys(name, { ...home, keys: thirdParty, store }, { provider });
  return capability;
});

// Every connection between them proves both of its ends, and has an edge that allows it.
if (config.platform?.mesh) new Mesh("mesh", { namespaces: config.capabilities.map(meshNamespace) }, { provider });

/** For the stacks that run on this one's foundation; secret when it holds a kubeconfig. */
export const foundation = ground.exports;

/** What is not the real thing in this environment; the readiness report reads it here. */
export const standIns = config.standIns ?? {};

/** Servers of the zone that is made here, to which its parent has to delegate the domain. */
export const nameServers = around.nameServers ?? [];

/** What the stack's configuration says and no resource shows; the readiness report reads it here. */
export const configured = config.configured;

/** Where each capability is reached inside the cluster. */
export const endpoints = capabilities.map(({ endpoint }) => endpoint);
