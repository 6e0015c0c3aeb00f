import { Capability, createFoundation } from "./components/index.ts";
import { loadConfig } from "./config.ts";

// Every problem of the stack's configuration at once, before anything exists.
const config = loadConfig();

// A cluster of this stack, or the one that another stack exports.
const { provider, priorityClassName, exports } = createFoundation(config.foundation);

// A capability is data in the stack's configuration: its namespace, application, autoscaling and network policies.
const capabilities = config.capabilities.map(
  (spec) => new Capability(spec.capability, { ...spec, priorityClassName }, { provider }),
);

/** For the stacks that run on this one's foundation; secret when it holds a kubeconfig. */
export const foundation = exports;

/** What is not the real thing in this environment; the readiness report reads it here. */
export const standIns = config.standIns;

/** What the stack's configuration says and no resource shows; the readiness report reads it here. */
export const configured = config.configured;

/** Where each capability is reached inside the cluster. */
export const endpoints = capabilities.map(({ endpoint }) => endpoint);
