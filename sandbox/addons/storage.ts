// Dynamic local storage: a folder of the node, in the sandbox's own folder, for each claim.
import { account, deployment, type KubernetesObject } from "./objects.ts";

const name = "local-path-provisioner";
const namespace = "local-path-storage";
export const storageImage = "rancher/local-path-provisioner:v0.0.30";
export const storageHelperImage = "busybox:1.35";

/** Where a node keeps the volumes, as it sees its own folder. */
const folder = "/run/apg/volumes";

const config = { nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [folder] }] };

const helperPod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "helper" },
  spec: {
    priorityClassName: "system-node-critical",
    tolerations: [{ operator: "Exists" }],
    containers: [{ name: "helper", image: storageHelperImage, imagePullPolicy: "IfNotPresent" }],
  },
};

export function storage(): KubernetesObject[] {
  const all = ["get", "list", "watch", "create", "patch", "update", "delete"];
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      // Its helper pods make and remove folders of the node.
      metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    },
    ...account(name, namespace, [
      {
        apiGroups: [""],
        resources: ["nodes", "configmaps", "persistentvolumeclaims"],
        verbs: ["get", "list", "watch"],
      },
      { apiGroups: [""], resources: ["pods", "persistentvolumes", "endpoints"], verbs: all },
      { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
      { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: all },
    ]),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "local-path-config", namespace },
      data: {
        "config.json": JSON.stringify(config),
        setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
        teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
        "helperPod.yaml": JSON.stringify(helperPod),
      },
    },
    deployment({
      name,
      namespace,
      replicas: 1,
      pod: {
        containers: [
          {
            name,
            image: storageImage,
            args: ["start", "--config=/etc/config/config.json", `--service-account-name=${name}`],
            env: [{ name: "POD_NAMESPACE", value: namespace }],
            resources: { requests: { cpu: "10m", memory: "30Mi" }, limits: { memory: "128Mi" } },
            volumeMounts: [{ name: "config", mountPath: "/etc/config", readOnly: true }],
          },
        ],
        volumes: [{ name: "config", configMap: { name: "local-path-config" } }],
      },
    }),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local-path", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "rancher.io/local-path",
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
    } as KubernetesObject,
  ];
}
