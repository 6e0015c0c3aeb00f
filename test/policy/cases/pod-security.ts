import { all, set, unset } from "../fixtures.ts";
import { container, containerPath, deployment, podPath } from "./case.ts";
import type { RuleCases } from "./case.ts";

const context = `${containerPath}.securityContext`;
const initContainer = {
  name: "init",
  image: "registry.test/init:1.0.0",
  resources: {},
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};
const windows = { name: "windows" };

export const podSecurityCases: RuleCases[] = [
  {
    rule: "pods-run-as-non-root",
    good: [
      {
        when: "only the container says so",
        change: all(
          unset("deployment", `${podPath}.securityContext`),
          set("deployment", `${context}.runAsNonRoot`, true),
        ),
      },
    ],
    bad: [
      {
        when: "nobody says so",
        change: unset("deployment", `${podPath}.securityContext.runAsNonRoot`),
        on: "deployment",
        says: [`${container} may run as root: set securityContext.runAsNonRoot to true on it or on the pod.`],
      },
      {
        when: "the container overrides the pod",
        change: set("deployment", `${context}.runAsNonRoot`, false),
        on: "deployment",
        says: [`${container} may run as root: set securityContext.runAsNonRoot to true on it or on the pod.`],
      },
      {
        when: "the pod says no although the container says yes",
        change: all(
          set("deployment", `${podPath}.securityContext.runAsNonRoot`, false),
          set("deployment", `${context}.runAsNonRoot`, true),
        ),
        on: "deployment",
        says: [`${deployment} allows root: set securityContext.runAsNonRoot of the pod to true.`],
      },
      {
        when: "the user of the pod is 0",
        change: set("deployment", `${podPath}.securityContext.runAsUser`, 0),
        on: "deployment",
        says: [`${deployment} runs as root: set securityContext.runAsUser of the pod to a number above 0.`],
      },
      {
        when: "the user of the container is 0",
        change: set("deployment", `${context}.runAsUser`, 0),
        on: "deployment",
        says: [`${container} runs as root: set its securityContext.runAsUser to a number above 0.`],
      },
      {
        when: "the pod has a user namespace of its own, which the standard alone would accept",
        change: all(
          unset("deployment", `${podPath}.securityContext.runAsNonRoot`),
          set("deployment", `${podPath}.hostUsers`, false),
        ),
        on: "deployment",
        says: [`${container} may run as root: set securityContext.runAsNonRoot to true on it or on the pod.`],
      },
    ],
  },
  {
    rule: "pods-cannot-escalate-privileges",
    good: [
      {
        when: "the pod is for Windows, where it cannot be set",
        change: all(
          set("deployment", `${podPath}.os`, windows),
          unset("deployment", `${context}.allowPrivilegeEscalation`),
        ),
      },
    ],
    bad: [
      {
        when: "it is left open",
        change: unset("deployment", `${context}.allowPrivilegeEscalation`),
        on: "deployment",
        says: [`${container} may gain privileges: set securityContext.allowPrivilegeEscalation to false.`],
      },
      {
        when: "an ephemeral container leaves it open",
        change: set("deployment", `${podPath}.ephemeralContainers`, [{ name: "debug" }]),
        on: "deployment",
        says: [
          `Container "debug" of ${deployment} may gain privileges: set securityContext.allowPrivilegeEscalation to false.`,
        ],
      },
    ],
  },
  {
    rule: "pods-drop-all-capabilities",
    good: [
      {
        when: "NET_BIND_SERVICE is added",
        change: set("deployment", `${context}.capabilities`, { drop: ["ALL"], add: ["NET_BIND_SERVICE"] }),
      },
    ],
    bad: [
      {
        when: "only some are dropped",
        change: set("deployment", `${context}.capabilities.drop`, ["NET_RAW"]),
        on: "deployment",
        says: [`${container} keeps capabilities: set securityContext.capabilities.drop to ["ALL"].`],
      },
      {
        when: "one is added",
        change: set("deployment", `${context}.capabilities.add`, ["SYS_ADMIN", "NET_BIND_SERVICE"]),
        on: "deployment",
        says: [`${container} adds SYS_ADMIN: remove it from securityContext.capabilities.add.`],
      },
      {
        when: "an init container drops none",
        change: set("deployment", `${podPath}.initContainers`, [{ ...initContainer, securityContext: {} }]),
        on: "deployment",
        says: [
          `Container "init" of ${deployment} keeps capabilities: set securityContext.capabilities.drop to ["ALL"].`,
        ],
      },
    ],
  },
  {
    rule: "pods-use-the-default-seccomp-profile",
    good: [
      {
        when: "only the container sets it",
        change: all(
          unset("deployment", `${podPath}.securityContext.seccompProfile`),
          set("deployment", `${context}.seccompProfile`, { type: "RuntimeDefault" }),
        ),
      },
    ],
    bad: [
      {
        when: "nobody sets it",
        change: unset("deployment", `${podPath}.securityContext.seccompProfile`),
        on: "deployment",
        says: [
          `${container} has no seccomp profile: set securityContext.seccompProfile.type to RuntimeDefault on it or on the pod.`,
        ],
      },
      {
        when: "the container is unconfined",
        change: set("deployment", `${context}.seccompProfile`, { type: "Unconfined" }),
        on: "deployment",
        says: [
          `${container} has seccomp profile Unconfined: set securityContext.seccompProfile.type to RuntimeDefault on it or on the pod.`,
        ],
      },
      {
        when: "the pod has a profile of its own",
        change: all(
          set("deployment", `${podPath}.securityContext.seccompProfile.type`, "Localhost"),
          set("deployment", `${context}.seccompProfile`, { type: "RuntimeDefault" }),
        ),
        on: "deployment",
        says: [
          `${deployment} has seccomp profile Localhost: set securityContext.seccompProfile.type to RuntimeDefault.`,
        ],
      },
    ],
  },
  {
    rule: "pods-have-read-only-root-file-systems",
    bad: [
      {
        when: "it is left writable",
        change: unset("deployment", `${context}.readOnlyRootFilesystem`),
        on: "deployment",
        says: [
          `${container} can write to its root file system: set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where it must write.`,
        ],
      },
    ],
  },
  {
    rule: "pods-use-safe-volumes",
    good: [
      {
        when: "every type that the standard allows is used",
        change: set(
          "deployment",
          `${podPath}.volumes`,
          [
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret",
          ].map((type) => ({ name: type, [type]: {} })),
        ),
      },
    ],
    bad: [
      "hostPath",
      "gcePersistentDisk",
      "awsElasticBlockStore",
      "gitRepo",
      "nfs",
      "iscsi",
      "glusterfs",
      "rbd",
      "flexVolume",
      "cinder",
      "cephfs",
      "flocker",
      "fc",
      "azureFile",
      "vsphereVolume",
      "quobyte",
      "azureDisk",
      "portworxVolume",
      "photonPersistentDisk",
      "scaleIO",
      "storageos",
    ]
      .map((type) => ({
        when: `a volume is of type ${type}`,
        change: set("deployment", `${podPath}.volumes`, [{ name: "data", [type]: {} }]),
        on: "deployment",
        says: [
          `Volume "data" of ${deployment} has the type ${type}: use one of configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret.`,
        ],
      }))
      .concat({
        when: "a volume has no type",
        change: set("deployment", `${podPath}.volumes`, [{ name: "data" }]),
        on: "deployment",
        says: [
          `Volume "data" of ${deployment} has no type: use one of configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret.`,
        ],
      }),
  },
];
