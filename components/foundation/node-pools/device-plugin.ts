import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet.js";
import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type * as pulumi from "@pulumi/pulumi";
import { thresholds } from "../../../checklist/thresholds.ts";
import { environmentLabel } from "../../../checklist/labels.ts";
import { nameOf } from "../../names.ts";
import { gpuTaint, poolLabel } from "./specs.ts";

const plugin = "nvidia-device-plugin";
const pluginSockets = "/var/lib/kubelet/device-plugins";
const requests = { cpu: "50m", memory: "64Mi" };
const limits = { cpu: "200m", memory: "256Mi" };
/** More nodes with accelerators than any pool here has; and what the plugin may use on all of them. */
const hard = {
  pods: "100",
  "requests.cpu": "5",
  "requests.memory": "6400Mi",
  "limits.cpu": "20",
  "limits.memory": "25600Mi",
  persistentvolumeclaims: "0",
};

/** What the device plugin is made of. */
export interface DevicePluginParts {
  /** Name of the environment. */
  environment: string;
  /** Image of the plugin. */
  image: string;
  /** Name of the pool of nodes with accelerators. */
  pool: string;
}

/**
 * Declares what tells Kubernetes of a node's accelerators (CV-MODEL-05). It talks to the node's agent by a socket that is
 * root's, which no pod security standard but privileged allows: so it is alone in a namespace of its own, without a network.
 */
export function declareDevicePlugin(name: string, parts: DevicePluginParts, opts: pulumi.CustomResourceOptions): void {
  const { environment, image, pool } = parts;
  const labels = { "app.kubernetes.io/name": plugin, [environmentLabel]: environment };
  const selector = { "app.kubernetes.io/name": plugin };
  const { version } = thresholds.podSecurity;
  const namespace = nameOf(
    new Namespace(
      `${name}-gpu`,
      {
        metadata: {
          name: plugin,
          labels: {
            [environmentLabel]: environment,
            ...Object.fromEntries(
              ["enforce", "audit", "warn"].flatMap((mode) => [
                [`pod-security.kubernetes.io/${mode}`, "privileged"],
                [`pod-security.kubernetes.io/${mode}-version`, version],
              ]),
            ),
          },
          annotations: {
            "apg.io/pod-security-exception": "the plugin talks to the node's agent by a socket that is root's",
          },
        },
      },
      opts,
    ),
    plugin,
  );
  new NetworkPolicy(
    `${name}-gpu`,
    {
      metadata: { name: "default-deny", namespace, labels },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
    opts,
  );
  new ResourceQuota(`${name}-gpu`, { metadata: { name: "quota", namespace, labels }, spec: { hard } }, opts);
  new LimitRange(
    `${name}-gpu`,
    {
      metadata: { name: "limits", namespace, labels },
      spec: {
        limits: [
          { type: "Pod", max: limits },
          { type: "Container", default: limits, defaultRequest: requests },
        ],
      },
    },
    opts,
  );
  const account = new ServiceAccount(
    `${name}-gpu`,
    { metadata: { name: plugin, namespace, labels }, automountServiceAccountToken: false },
    opts,
  );
  new DaemonSet(
    `${name}-gpu`,
    {
      metadata: { name: plugin, namespace, labels },
      spec: {
        selector: { matchLabels: selector },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: nameOf(account, plugin),
            automountServiceAccountToken: false,
            priorityClassName: "system-node-critical",
            nodeSelector: { [poolLabel]: pool },
            tolerations: [{ key: gpuTaint, operator: "Exists", effect: "NoSchedule" }],
            securityContext: { seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: plugin,
                image,
                resources: { requests, limits },
                securityContext: {
                  runAsUser: 0,
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                volumeMounts: [{ name: "sockets", mountPath: pluginSockets }],
              },
            ],
            volumes: [{ name: "sockets", hostPath: { path: pluginSockets, type: "Directory" } }],
          },
        },
      },
    },
    opts,
  );
}
