import type * as pulumi from "@pulumi/pulumi";
import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import type { OperatorNamespace } from "./namespaces.ts";
import { operatorNetwork } from "./network.ts";
import type { Surroundings } from "./network.ts";

export const homeDefaults = deepFrozen({
  /** What a namespace of operators may use, and one with a pod on every node (CV-KUBE-07). */
  quota: { few: { cpu: "16", memory: "32Gi", pods: "60" }, many: { cpu: "400", memory: "400Gi", pods: "1000" } },
  /** What a container of theirs has that asks for nothing. */
  container: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
  /** The largest pod of theirs (CV-KUBE-07). */
  podMaximum: { ...thresholds.resources.limits },
});

const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" };

/** Declares a namespace for operators, with what its pods may use and whom they may call. */
export function declareHome(
  name: string,
  home: OperatorNamespace,
  around: Surroundings,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const accounts = (inThere: pulumi.CustomResourceOptions) =>
    home.accounts.map(
      (account) =>
        new ServiceAccount(
          `${name}-${account}`,
          { metadata: { name: account, namespace: home.name, labels } },
          inThere,
        ),
    );
  if (home.pods !== undefined) {
    return [...accounts(opts), ...operatorNetwork(name, home, around, opts)];
  }
  const { version } = thresholds.podSecurity;
  const namespace = new Namespace(
    name,
    {
      metadata: {
        name: home.name,
        labels: {
          ...labels,
          ...Object.fromEntries(
            ["enforce", "audit", "warn"].flatMap((mode) => [
              [`pod-security.kubernetes.io/${mode}`, home.level],
              [`pod-security.kubernetes.io/${mode}-version`, version],
            ]),
          ),
        },
        ...(home.reason !== undefined && { annotations: { "apg.io/pod-security-exception": home.reason } }),
      },
    },
    opts,
  );
  const child = { ...opts, dependsOn: [namespace] };
  const metadata = (objectName: string) => ({ name: objectName, namespace: home.name, labels });
  const { cpu, memory, pods } = homeDefaults.quota[home.onEveryNode ? "many" : "few"];
  const { container, podMaximum } = homeDefaults;
  const quota = new ResourceQuota(
    name,
    {
      metadata: metadata("quota"),
      spec: {
        hard: {
          "requests.cpu": cpu,
          "requests.memory": memory,
          "limits.cpu": cpu,
          "limits.memory": memory,
          pods,
          persistentvolumeclaims: "0",
        },
      },
    },
    child,
  );
  const limits = new LimitRange(
    name,
    {
      metadata: metadata("limits"),
      spec: {
        limits: [
          { type: "Pod", max: { ...podMaximum } },
          { type: "Container", defaultRequest: { ...container.requests }, default: { ...container.limits } },
        ],
      },
    },
    child,
  );
  return [namespace, quota, limits, ...accounts(child), ...operatorNetwork(name, home, around, child)];
}
