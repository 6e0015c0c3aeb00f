// What of the configuration's keys no component says.
import type { Field } from "./arguments.ts";

export type Words = Pick<Field, "meaning" | "default">;

/** What the components' arguments do not say, or say of something else, by key. */
export const ownWords: Readonly<Record<string, Words>> = {
  environment: { meaning: "Name of the environment. Only `sandbox` may run images without a digest." },
  foundation: { meaning: "Where capabilities run; exactly one of `cluster`, `stack` and `aws`." },
  account: {
    meaning: "The account that everything on AWS is in.",
    default: "none; needed with `foundation.aws` and `data.aws`",
  },
  maintenanceWindow: {
    meaning: "When scheduled maintenance happens: nodes are replaced then.",
    default: "none; needed with `nodePools`",
  },
  forecastPeak: {
    meaning: "The peak that is forecast for the next 90 days, over all capabilities.",
    default: "unknown",
  },
  nodePools: { meaning: "Nodes that Karpenter makes.", default: "those of the cluster alone" },
  operators: { meaning: "Third-party operators.", default: "somebody else installs them" },
  security: { meaning: "Audit, detection, pages, emergency access and images.", default: "another stack's" },
  "security.notify": {
    meaning: "Whom a page reaches.",
    default: "none; with `breakGlass`, audit and detection are this stack's",
  },
  "security.breakGlass": {
    meaning: "Who may get in when nothing else does.",
    default: "none; with `notify`, audit and detection are this stack's",
  },
  "security.breakGlass.principals": { meaning: "ARNs of the users who may take the break-glass role." },
  "security.registries": { meaning: "Registries that capabilities' images may come from.", default: "all" },
  "security.signing": { meaning: "Who signs the images of `registries`.", default: "nobody checks" },
  "security.mesh": { meaning: "Whether Istio proves and allows every connection.", default: "false" },
  "security.admission": {
    meaning: "What the cluster itself refuses in capabilities' namespaces, whoever creates it.",
    default: "everything below",
  },
  "security.compliance": { meaning: "What is recorded and checked all the time.", default: "the checklists' numbers" },
  secrets: { meaning: "Secrets in AWS Secrets Manager.", default: "Kubernetes Secrets of the program's own" },
  "secrets.thirdParty": {
    meaning: "Keys of other services; the configuration has their names alone, people put them into the store.",
    default: "none",
  },
  "secrets.thirdParty[].capability": { meaning: "Name of the capability that uses it." },
  edge: { meaning: "Where the world reaches the platform.", default: "it does not" },
  "edge.token": { meaning: "Who issues tokens, and what a token must say." },
  services: {
    meaning: "Who calls capabilities of this stack or is called by them, besides these themselves.",
    default: "none",
  },
  "services.<name>": { meaning: "Pods by `namespace` and `podLabels`, or addresses by `cidr`." },
  "services.<name>.namespace": { meaning: "Namespace of the pods.", default: "none, with `cidr`" },
  "services.<name>.podLabels": { meaning: "Labels that select the pods.", default: "none, with `cidr`" },
  "services.<name>.cidr": { meaning: "Addresses outside the cluster.", default: "none, with `podLabels`" },
  "services.<name>.ports": { meaning: "TCP ports; needed when a capability connects to it.", default: "none" },
  capabilities: { meaning: "What runs here; an empty list in a stack that has a foundation alone." },
  "capabilities[].name": { meaning: "Name of the capability. With the environment it makes the namespace's name." },
  "capabilities[].connectsTo": { meaning: "Whom the capability calls, by name.", default: "nobody" },
  standIns: {
    meaning: "What is not the real thing in this environment; the readiness report names every one.",
    default: "none",
  },
  "capabilities[].acceptsFrom": { meaning: "Who calls the capability, by name.", default: "nobody" },
  "capabilities[].route": {
    meaning: "What of the capability the world reaches, where the stack has `apg:edge`.",
    default: "nothing",
  },
  "capabilities[].route.hosts": { meaning: "Names under which it is reached, each in the domain of `apg:edge`." },
  "capabilities[].data": {
    meaning: "What the capability says of its own data, where the stack has `apg:data`.",
    default: "the checklists' numbers",
  },
  "capabilities[].data.postgres.archiveTimeoutSeconds": {
    meaning: "Longest time until a written row is in the archive, in seconds.",
    default: "half of `apg:backup.rpoMinutes`",
  },
  tenants: { meaning: "Tenants, each with schemas, roles and buckets of its own.", default: "none" },
  data: { meaning: "What the data services of all capabilities have in common.", default: "no data services" },
  "data.apiServer": {
    meaning: "The API server of Kubernetes, for operators and jobs, as pods' packets have it.",
    default: "the network of `foundation.aws`, port 443; needed without it",
  },
  "data.apiServer.cidr": { meaning: "Its addresses." },
  "data.aws.clusterName": {
    meaning: "Name of the EKS cluster, for pod identities.",
    default: "that of `foundation.aws`; needed without it",
  },
  "data.aws.endpointCidr": {
    meaning: "Addresses of the VPC's interface endpoint for S3.",
    default: "the network of `foundation.aws`; needed without it",
  },
  "data.server.namespace": { meaning: "Namespace of its pods." },
  "data.server.podLabels": { meaning: "Labels that select its pods." },
  "data.monitoring.namespace": { meaning: "Namespace of the pods." },
  "data.monitoring.podLabels": { meaning: "Labels that select the pods." },
  backup: {
    meaning: "How everything is backed up, kept and tried, where the stack has `apg:data`.",
    default: "the checklists' numbers",
  },
};
