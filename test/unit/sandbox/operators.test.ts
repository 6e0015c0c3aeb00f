import assert from "node:assert/strict";
import type { KubernetesObject } from "../../../sandbox/addons/objects.ts";
import { recipeFor } from "../../../sandbox/images/recipes.ts";
import { operatorObjects } from "../../../sandbox/operators/cloudnative-pg.ts";
import { operatorImages, operators } from "../../../sandbox/operators/index.ts";

const labels = { "app.kubernetes.io/name": "cloudnative-pg" };

/** As the project publishes it, shortened. */
const published: KubernetesObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "cnpg-system" } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "cnpg-controller-manager", namespace: "cnpg-system", labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "cnpg-manager",
          containers: [
            {
              name: "manager",
              image: "published",
              imagePullPolicy: "Always",
              env: [
                { name: "OPERATOR_IMAGE_NAME", value: "published" },
                { name: "MONITORING_QUERIES_CONFIGMAP", value: "cnpg-default-monitoring" },
              ],
              resources: { limits: { cpu: "100m" } },
              securityContext: { readOnlyRootFilesystem: true },
            },
          ],
        },
      },
    },
  },
];

interface Deployment {
  spec: {
    replicas: number;
    template: {
      spec: {
        serviceAccountName: string;
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: object[] } };
        tolerations: { tolerationSeconds: number }[];
        containers: { image: string; imagePullPolicy: string; env: object[]; securityContext: object }[];
      };
    };
  };
}

describe("CloudNativePG in the sandbox", () => {
  const objects = operatorObjects(published);
  const { spec } = objects.find(({ kind }) => kind === "Deployment") as unknown as Deployment;
  const pod = spec.template.spec;

  it("has two pods on different nodes, gone from a dead one at once", () => {
    assert.equal(spec.replicas, 2);
    assert.deepEqual(pod.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution, [
      { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" },
    ]);
    assert.deepEqual(
      pod.tolerations.map(({ tolerationSeconds }) => tolerationSeconds),
      [10, 10],
    );
    const [budget] = objects.filter(({ kind }) => kind === "PodDisruptionBudget");
    assert.deepEqual((budget!["spec"] as { selector: object }).selector, { matchLabels: labels });
  });

  it("runs the sandbox's image, and gives it to the instances", () => {
    const [container] = pod.containers;
    const image = "ghcr.io/cloudnative-pg/cloudnative-pg:1.27.0";
    assert.equal(container!.image, image);
    assert.equal(container!.imagePullPolicy, "IfNotPresent");
    assert.deepEqual(container!.env, [
      { name: "OPERATOR_IMAGE_NAME", value: image },
      { name: "MONITORING_QUERIES_CONFIGMAP", value: "cnpg-default-monitoring" },
    ]);
  });

  it("is what is published in all else", () => {
    assert.deepEqual(objects[0], published[0]);
    assert.equal(pod.serviceAccountName, "cnpg-manager");
    assert.deepEqual(pod.containers[0]!.securityContext, { readOnlyRootFilesystem: true });
  });
});

describe("the operators of a plan", () => {
  it("are those whose resources it has, with images that can be made", () => {
    assert.deepEqual(operatorImages(["apps", "core"]), []);
    // The group of another project, whose name ends in the same way.
    assert.deepEqual(operatorImages(["barmancloud.cnpg.io"]), []);
    const images = operatorImages(operators.map(({ group }) => group));
    assert.ok(images.length >= operators.length);
    for (const image of images) assert.notEqual(recipeFor(image), undefined, image);
  });
});
