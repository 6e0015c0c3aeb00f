import type * as pulumi from "@pulumi/pulumi";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { thresholds } from "../../checklist/thresholds.ts";
import { podAffinity } from "./node-affinity.ts";
import type { NodeAffinityArgs } from "./node-affinity.ts";
import { containerProbes } from "./probes.ts";
import type { ProbesArgs } from "./probes.ts";
import { runtimes } from "./settings.ts";
import { podTolerations } from "./tolerations.ts";
import type { TolerationArgs } from "./tolerations.ts";
import { connectionDefaults } from "../data/connection.ts";
import type { CertificateReference } from "../data/connection.ts";
import type { ResourcesArgs, SecretReference } from "./workload-args.ts";

/** A user and group that own nothing in an image or on a node. */
const unprivilegedId = 10001;

const flagsDirectory = "/etc/apg/feature-flags";

/** What every pod of the platform's own is held to (AUD-SEC-02, CV-KUBE-08); as which user, its image may have a say. */
export function podSecurity(id = unprivilegedId): k8s.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: id,
    runAsGroup: id,
    fsGroup: id,
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** What every container of the platform's own is held to (AUD-SEC-02, CV-KUBE-08). */
export const containerSecurity: k8s.core.v1.SecurityContext = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** Environment variables out of Secrets. */
export function secretVariables(secrets: readonly SecretReference[]): k8s.core.v1.EnvVar[] {
  return secrets.map(({ env, secretName, key }) => ({
    name: env,
    valueFrom: { secretKeyRef: { name: secretName, key } },
  }));
}

/** Certificates of the authorities that a pod trusts, as one folder; nothing when it trusts none of its own. */
export function certificateFiles(certificates: readonly CertificateReference[]) {
  if (certificates.length === 0) return { volumes: [], volumeMounts: [] };
  const sources = certificates.map(({ secretName, key, file }) => ({
    secret: { name: secretName, items: [{ key, path: file }] },
  }));
  return {
    volumes: [{ name: "certificates", projected: { sources } }],
    volumeMounts: [{ name: "certificates", mountPath: connectionDefaults.certificatesDirectory, readOnly: true }],
  };
}

/** What a pod template is made of; every default is applied already. */
export interface PodTemplateParts {
  labels: { [label: string]: string };
  selector: { [label: string]: string };
  component: string;
  image: string;
  port: number;
  resources: Required<ResourcesArgs>;
  secrets: SecretReference[];
  certificates: CertificateReference[];
  probes: ProbesArgs;
  runtime: string;
  nodeAffinity: NodeAffinityArgs;
  tolerations: TolerationArgs[];
  preStopSeconds: number;
  terminationGraceSeconds: number;
  priorityClassName?: pulumi.Input<string>;
  settingsName: pulumi.Input<string>;
  flagsName: pulumi.Input<string>;
  serviceAccountName: pulumi.Input<string>;
}

/** The pods of an application: restricted, spread, probed, and stopped only after their last request. */
export function podTemplate(parts: PodTemplateParts): k8s.core.v1.PodTemplateSpec {
  return {
    metadata: { labels: { ...parts.labels, "apg.io/runtime": parts.runtime } },
    spec: {
      serviceAccountName: parts.serviceAccountName,
      automountServiceAccountToken: false, // AUD-SEC-05
      enableServiceLinks: false,
      priorityClassName: parts.priorityClassName,
      affinity: podAffinity(parts.nodeAffinity),
      tolerations: podTolerations(parts.tolerations),
      terminationGracePeriodSeconds: parts.terminationGraceSeconds, // AUD-PROD-06
      topologySpreadConstraints: spread(parts.selector),
      securityContext: podSecurity(),
      containers: [container(parts)],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "512Mi" } },
        { name: "feature-flags", configMap: { name: parts.flagsName } },
        ...certificateFiles(parts.certificates).volumes,
      ],
    },
  };
}

/**
 * Pods of one revision spread over zones always, and over the hosts of a zone where there is room: hosts are not even
 * over zones, and two hard constraints would then leave pods pending. A node that takes no pods (cordoned, or its zone is
 * down) does not count, so that its share may run elsewhere; nor does one that the pods' node affinity rules out
 * (nodeAffinityPolicy is Honor where nothing is said), so that pods on a few nodes are spread over those (CV-SCALE-04).
 */
function spread(selector: { [label: string]: string }): k8s.core.v1.TopologySpreadConstraint[] {
  const [zone, host] = thresholds.spread.topologyKeys;
  const constraint = {
    maxSkew: thresholds.spread.maxSkew,
    labelSelector: { matchLabels: selector },
    // Without the revision, an update would count the pods that it is about to remove, and leave a zone empty.
    matchLabelKeys: ["pod-template-hash"],
    nodeTaintsPolicy: "Honor",
  };
  return [
    { ...constraint, topologyKey: zone!, whenUnsatisfiable: "DoNotSchedule" },
    { ...constraint, topologyKey: host!, whenUnsatisfiable: "ScheduleAnyway" },
  ];
}

function container(parts: PodTemplateParts): k8s.core.v1.Container {
  return {
    name: parts.component,
    image: parts.image,
    imagePullPolicy: "IfNotPresent",
    ports: [{ name: "http", containerPort: parts.port }],
    envFrom: [{ configMapRef: { name: parts.settingsName } }],
    env: [
      ...Object.entries(runtimes[parts.runtime] ?? {}).map(([name, value]) => ({ name, value })),
      ...secretVariables(parts.secrets),
    ],
    resources: { requests: { ...parts.resources.requests }, limits: { ...parts.resources.limits } },
    ...containerProbes(parts.probes),
    // The pod leaves the service when it starts to stop; what is on its way there still gets an answer.
    lifecycle: { preStop: { sleep: { seconds: parts.preStopSeconds } } },
    securityContext: containerSecurity,
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "feature-flags", mountPath: flagsDirectory, readOnly: true },
      ...certificateFiles(parts.certificates).volumeMounts,
    ],
  };
}
