// CloudNativePG as its project publishes it, with what a cluster of three nodes that may die needs besides.
import { apart, leaveDeadNodes, type KubernetesObject } from "../addons/objects.ts";
import { recipes } from "../images/recipes.ts";
import type { Operator } from "./index.ts";

const version = "1.27.0";

export const cloudnativePg: Operator = {
  name: "CloudNativePG",
  group: "postgresql.cnpg.io",
  module: "github.com/cloudnative-pg/cloudnative-pg",
  version: `v${version}`,
  sum: "h1:mp0zlYO4vKAJmQdArWORWKr1lmB4Hj8JeBQGX5RBnpg=",
  path: `releases/cnpg-${version}.yaml`,
  images: recipes["cloudnative-pg"]!.references,
  objects: operatorObjects,
  trial: {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: "trial", namespace: "default" },
    spec: { instances: 1, storage: { size: "1Gi" } },
  },
  trialPath: "/apis/postgresql.cnpg.io/v1/namespaces/default/clusters",
};

interface Container {
  image: string;
  env: { name: string; value?: string }[];
}

interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: { containers: Container[] };
}

/**
 * The published objects with changes: two replicas, as with one a node that takes it along leaves nobody to promote another
 * instance; on different nodes, and gone from a dead one after 10 s; the image of the sandbox; and as much CPU as it can use
 * while it starts, of which the published limit makes minutes.
 */
export function operatorObjects(published: readonly KubernetesObject[]): KubernetesObject[] {
  const [image] = recipes["cloudnative-pg"]!.references;
  return published.flatMap((object) => {
    if (object.kind !== "Deployment") return [object];
    const spec = object["spec"] as { template: PodTemplate };
    const { labels } = spec.template.metadata;
    const containers = spec.template.spec.containers.map((container) => ({
      ...container,
      image,
      imagePullPolicy: "IfNotPresent",
      // What it puts into the instances' pods is itself.
      env: container.env.map((one) => (one.name === "OPERATOR_IMAGE_NAME" ? { ...one, value: image } : one)),
      resources: { requests: { cpu: "50m", memory: "100Mi" }, limits: { cpu: "1", memory: "256Mi" } },
    }));
    const pod = {
      ...spec.template.spec,
      priorityClassName: "system-cluster-critical",
      affinity: apart(labels),
      tolerations: leaveDeadNodes,
      containers,
    };
    const { name, namespace } = object.metadata;
    return [
      { ...object, spec: { ...spec, replicas: 2, template: { ...spec.template, spec: pod } } },
      {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name, namespace, labels },
        spec: { minAvailable: 1, selector: { matchLabels: labels }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
      },
    ];
  });
}
