// The operators whose programs cannot be built from the registries, but whose resource definitions are to be had.
import type { ManifestSource } from "../manifests.ts";

export interface StoodIn extends ManifestSource {
  name: string;
  /** What answers its resources, in words. */
  standsFor: string;
}

/** Those whose resources the sandbox's own controller answers. */
export const stoodIn: readonly StoodIn[] = [
  {
    name: "cert-manager",
    group: "cert-manager.io",
    module: "github.com/cert-manager/cert-manager",
    version: "v1.21.2",
    sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
    path: "deploy/crds",
    wanted: ["certificates", "certificaterequests", "clusterissuers", "issuers"].map((of) => `${of}.cert-manager.io`),
    standsFor: "certificates are issued by the sandbox's own controller; authorities outside are the sandbox's own",
  },
  {
    name: "External Secrets",
    group: "external-secrets.io",
    module: "github.com/external-secrets/external-secrets",
    version: "v1.3.2",
    sum: "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
    path: "deploy/crds/bundle.yaml",
    wanted: ["externalsecrets", "secretstores", "clustersecretstores"].map((of) => `${of}.external-secrets.io`),
    standsFor: "secrets are made up by the sandbox's own controller, and kept in the cluster",
  },
];

/** Those whose resources nobody answers: they are held to their true schemas, and stay as they are. */
export const definedOnly: readonly StoodIn[] = [
  {
    name: "Prometheus Operator",
    group: "monitoring.coreos.com",
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "v0.85.0",
    sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    path: "example/prometheus-operator-crd",
    wanted: ["servicemonitors", "podmonitors", "prometheusrules", "probes"].map((of) => `${of}.monitoring.coreos.com`),
    standsFor: "definitions only: monitors and rules are stored, and nobody scrapes or alerts by them",
  },
  {
    name: "Velero",
    group: "velero.io",
    module: "github.com/vmware-tanzu/velero",
    version: "v1.18.3",
    sum: "h1:9uwN5yxTWQl9PsF5ljX4xiG+7VIq3I9mxOQ0DyyZ31A=",
    path: "config/crd/v1/bases",
    standsFor: "definitions only: schedules are stored, and nobody backs the cluster's objects up",
  },
  {
    name: "Barman Cloud plugin",
    group: "barmancloud.cnpg.io",
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    version: "v0.15.0",
    sum: "h1:gNVytrzzYUE08wxLDrjfJqy1FPPSFkMe1OEr4s4pVI0=",
    path: "config/crd/bases",
    standsFor: "definitions only: Postgres archives by CloudNativePG's own barmanObjectStore",
  },
];
