// Every rule of the pack, in the order in which they are listed.
import * as admission from "./admission.ts";
import * as backup from "./backup.ts";
import * as backupKeys from "./backup-keys.ts";
import * as bucketClients from "./bucket-clients.ts";
import * as configuration from "./configuration.ts";
import * as databaseClients from "./database-clients.ts";
import * as dataMonitoring from "./data-monitoring.ts";
import * as delivery from "./delivery.ts";
import * as disruption from "./disruption.ts";
import * as hostIsolation from "./host-isolation.ts";
import * as images from "./images.ts";
import * as imagesOfData from "./images-of-data.ts";
import * as namespaces from "./namespaces.ts";
import * as network from "./network.ts";
import * as objectAccess from "./object-access.ts";
import * as objectLifecycle from "./object-lifecycle.ts";
import * as objectStorage from "./object-storage.ts";
import * as podSecurity from "./pod-security.ts";
import * as postgres from "./postgres.ts";
import * as postgresBackup from "./postgres-backup.ts";
import * as postgresPooling from "./postgres-pooling.ts";
import * as postgresSecurity from "./postgres-security.ts";
import * as postgresTenants from "./postgres-tenants.ts";
import * as probes from "./probes.ts";
import * as quotas from "./quotas.ts";
import * as rbac from "./rbac.ts";
import * as redis from "./redis.ts";
import * as redisSecurity from "./redis-security.ts";
import * as redisSentinel from "./redis-sentinel.ts";
import * as releaseBackup from "./release-backup.ts";
import * as resources from "./resources.ts";
import * as rollout from "./rollout.ts";
import * as runbooks from "./runbooks.ts";
import * as scaling from "./scaling.ts";
import * as secrets from "./secrets.ts";
import * as serviceAccounts from "./service-accounts.ts";
import * as services from "./services.ts";
import * as settings from "./settings.ts";
import * as spread from "./spread.ts";
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
];

export const allRules: readonly Rule[] = subjects.flatMap((subject) => Object.values(subject));
