// Every rule of the pack, in the order in which they are listed.
import * as admission from "./admission.ts";
import * as auditTrail from "./audit-trail.ts";
import * as backup from "./backup.ts";
import * as backupKeys from "./backup-keys.ts";
import * as bucketClients from "./bucket-clients.ts";
import * as certificates from "./certificates.ts";
import * as cloudConfig from "./cloud-config.ts";
import * as clusterAccess from "./cluster-access.ts";
import * as configuration from "./configuration.ts";
import * as connectionSecrets from "./connection-secrets.ts";
import * as dataMonitoring from "./data-monitoring.ts";
import * as databaseClients from "./database-clients.ts";
import * as delivery from "./delivery.ts";
import * as detection from "./detection.ts";
import * as disruption from "./disruption.ts";
import * as dns from "./dns.ts";
import * as eks from "./eks.ts";
import * as encryption from "./encryption.ts";
import * as emergency from "./emergency.ts";
import * as gateway from "./gateway.ts";
import * as hostIsolation from "./host-isolation.ts";
import * as iam from "./iam.ts";
import * as images from "./images.ts";
import * as imagesOfData from "./images-of-data.ts";
import * as keptSecrets from "./kept-secrets.ts";
import * as keys from "./keys.ts";
import * as listeners from "./listeners.ts";
import * as loadBalancer from "./load-balancer.ts";
import * as machines from "./machines.ts";
import * as managedSecrets from "./managed-secrets.ts";
import * as mesh from "./mesh.ts";
import * as namespaces from "./namespaces.ts";
import * as network from "./network.ts";
import * as nodePools from "./node-pools.ts";
import * as nodeRoles from "./node-roles.ts";
import * as nodes from "./nodes.ts";
import * as objectAccess from "./object-access.ts";
import * as objectLifecycle from "./object-lifecycle.ts";
import * as objectStorage from "./object-storage.ts";
import * as operatorIdentities from "./operator-identities.ts";
import * as platformRunbooks from "./platform-runbooks.ts";
import * as podSecurity from "./pod-security.ts";
import * as postgres from "./postgres.ts";
import * as postgresBackup from "./postgres-backup.ts";
import * as postgresPooling from "./postgres-pooling.ts";
import * as postgresSecurity from "./postgres-security.ts";
import * as postgresTenants from "./postgres-tenants.ts";
import * as probes from "./probes.ts";
import * as publicAccess from "./public-access.ts";
import * as quotas from "./quotas.ts";
import * as rbac from "./rbac.ts";
import * as redis from "./redis.ts";
import * as redisSecurity from "./redis-security.ts";
import * as redisSentinel from "./redis-sentinel.ts";
import * as registry from "./registry.ts";
import * as releaseBackup from "./release-backup.ts";
import * as resources from "./resources.ts";
import * as rollout from "./rollout.ts";
import * as routes from "./routes.ts";
import * as runbooks from "./runbooks.ts";
import * as scaling from "./scaling.ts";
import * as secretStores from "./secret-stores.ts";
import * as secrets from "./secrets.ts";
import * as serviceAccounts from "./service-accounts.ts";
import * as services from "./services.ts";
import * as settings from "./settings.ts";
import * as signatures from "./signatures.ts";
import * as spread from "./spread.ts";
import * as storageClasses from "./storage-classes.ts";
import * as tlsClients from "./tls-clients.ts";
import * as vpc from "./vpc.ts";
import * as vpn from "./vpn.ts";
import * as webFirewall from "./web-firewall.ts";
import type { Rule } from "../lib/rule.ts";

const subjects: readonly Readonly<Record<string, Rule>>[] = [
  namespaces,
  podSecurity,
  hostIsolation,
  admission,
  images,
  resources,
  probes,
  scaling,
  rollout,
  spread,
  disruption,
  network,
  rbac,
  serviceAccounts,
  secrets,
  managedSecrets,
  connectionSecrets,
  secretStores,
  keptSecrets,
  emergency,
  quotas,
  services,
  configuration,
  settings,
  imagesOfData,
  postgres,
  postgresSecurity,
  postgresPooling,
  postgresTenants,
  postgresBackup,
  databaseClients,
  redis,
  redisSecurity,
  redisSentinel,
  dataMonitoring,
  objectStorage,
  objectAccess,
  bucketClients,
  objectLifecycle,
  delivery,
  backup,
  backupKeys,
  releaseBackup,
  runbooks,
  vpc,
  vpn,
  eks,
  clusterAccess,
  nodes,
  nodeRoles,
  machines,
  nodePools,
  storageClasses,
  keys,
  encryption,
  iam,
  auditTrail,
  detection,
  registry,
  signatures,
  operatorIdentities,
  cloudConfig,
  platformRunbooks,
  loadBalancer,
  listeners,
  webFirewall,
  gateway,
  routes,
  publicAccess,
  certificates,
  dns,
  mesh,
  tlsClients,
];

export const allRules: readonly Rule[] = subjects.flatMap((subject) => Object.values(subject));
