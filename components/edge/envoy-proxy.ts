import type * as pulumi from "@pulumi/pulumi";
import { cpuText, memoryText, parseAmount } from "../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import type { ResourceAmounts } from "../capability/quota.ts";
import { gatewayNames, gatewayPodLabels } from "./names.ts";

/** The gateway's pods, every value known. */
export interface ProxyPods {
  /** Fewest pods. */
  readonly minReplicas: number;
  /** Most pods. */
  readonly maxReplicas: number;
  /** What a pod requests. */
  readonly requests: Readonly<ResourceAmounts>;
  /** What a pod is limited to. */
  readonly limits: Readonly<ResourceAmounts>;
  /** Whether the mesh carries what they send. */
  readonly mesh: boolean;
  /** Image; undefined for the controller's own choice. */
  readonly image?: string;
  /** Priority class; undefined for the cluster's default. */
  readonly priorityClassName?: pulumi.Input<string>;
}

/** In the mesh for what goes out alone: the load balancer, which is not in it, could not come in otherwise. */
const inTheMesh = deepFrozen({
  labels: { "istio.io/dataplane-mode": "ambient" },
  annotations: { "ambient.istio.io/bypass-inbound-capture": "true" },
});

/** What the container beside Envoy gets, which lets requests end before a pod stops; the controller says nothing of it. */
export const shutdownManager = deepFrozen({
  name: "shutdown-manager",
  resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
});

/** What both containers of a pod are limited to, or request, together (AUD-PROD-03, CV-KUBE-07). */
export function podAmounts(of: "requests" | "limits", envoy: Readonly<ResourceAmounts>): ResourceAmounts {
  const beside = shutdownManager.resources[of];
  const sum = (kind: "cpu" | "memory") => parseAmount(envoy[kind])! + parseAmount(beside[kind])!;
  return { cpu: cpuText(sum("cpu")), memory: memoryText(sum("memory")) };
}

/** User of Envoy's image. */
const user = 65_532;

/** The one folder that both containers write to: the one beside Envoy notes there that requests have ended. */
const scratch = deepFrozen({
  volume: { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
  mount: { name: "tmp", mountPath: "/tmp" },
});

/** How the controller makes the gateway's pods: over all zones, restricted, and with time to finish (CV-KUBE-05, AUD-LB-04). */
export function envoyProxy(pods: ProxyPods) {
  const { minReplicas, maxReplicas, requests, limits, mesh, image, priorityClassName } = pods;
  const { topologyKeys, maxSkew } = thresholds.spread;
  const { minTerminationGraceSeconds } = thresholds.rollout;
  return {
    provider: {
      type: "Kubernetes",
      kubernetes: {
        // Reached by the load balancer directly, so nothing of the cloud is made for it.
        envoyService: { name: gatewayNames.gateway, type: "ClusterIP" },
        envoyDeployment: {
          name: gatewayNames.gateway,
          patch: {
            type: "StrategicMerge",
            value: {
              spec: {
                template: {
                  spec: {
                    containers: [
                      {
                        name: shutdownManager.name,
                        volumeMounts: [{ ...scratch.mount }],
                        resources: {
                          requests: { ...shutdownManager.resources.requests },
                          limits: { ...shutdownManager.resources.limits },
                        },
                      },
                    ],
                  },
                },
              },
            },
          },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          pod: {
            ...(mesh && inTheMesh),
            ...(priorityClassName !== undefined && { priorityClassName }),
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            volumes: [{ name: scratch.volume.name, emptyDir: { ...scratch.volume.emptyDir } }],
            topologySpreadConstraints: topologyKeys.map((topologyKey) => ({
              topologyKey,
              maxSkew,
              whenUnsatisfiable: topologyKey === "kubernetes.io/hostname" ? "ScheduleAnyway" : "DoNotSchedule",
              labelSelector: { matchLabels: { ...gatewayPodLabels } },
            })),
          },
          container: {
            ...(image !== undefined && { image }),
            resources: { requests: { ...requests }, limits: { ...limits } },
            volumeMounts: [{ ...scratch.mount }],
            // The controller gives it to the container beside Envoy too. In a capability's namespace, which the gateway's is, the
            // cluster admits no pod without the last.
            securityContext: {
              runAsNonRoot: true,
              runAsUser: user,
              runAsGroup: user,
              privileged: false,
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
              seccompProfile: { type: "RuntimeDefault" },
              readOnlyRootFilesystem: true,
            },
          },
        },
        envoyHpa: {
          minReplicas,
          maxReplicas,
          metrics: [
            {
              type: "Resource",
              resource: {
                name: "cpu",
                target: { type: "Utilization", averageUtilization: thresholds.scaling.cpuPercent },
              },
            },
          ],
        },
        envoyPDB: { minAvailable: Math.min(thresholds.disruption.minAvailable, minReplicas - 1) },
      },
    },
    // Targets are taken out before they stop to listen.
    shutdown: {
      drainTimeout: `${2 * minTerminationGraceSeconds}s`,
      minDrainDuration: `${minTerminationGraceSeconds}s`,
    },
  };
}
