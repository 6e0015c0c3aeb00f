// Pod Security Standards, level restricted, as of Kubernetes 1.36: what a pod must give up. (What it must leave alone is in
// host-isolation.ts.) Where the checklists ask for more than the standard, the rule asks for that and says so.
import { podRule } from "../lib/define.ts";
import type { Container, Pod } from "../lib/pod.ts";
import type { Value } from "../lib/value.ts";

const decides = ["AUD-SEC-02", "CV-KUBE-08"];

/** A field of the container's security context, or the pod's where the container leaves it open. */
function effective(pod: Pod, container: Container, key: string): Value {
  const own = container.value.get("securityContext").get(key);
  return own.exists ? own : pod.securityContext.get(key);
}

export const podsRunAsNonRoot = podRule({
  name: "pods-run-as-non-root",
  decides,
  severity: "high",
  description: "Every container runs as a user other than root.",
  fix: "Set securityContext.runAsNonRoot to true on the pod or on every container, and no runAsUser of 0.",
  // The standard lets pods with their own user namespace (hostUsers: false) off; AUD-SEC-02 does not.
  check: (pod, complain) => {
    const forRoot = (securityContext: Value) => securityContext.get("runAsUser").number() === 0;
    if (pod.securityContext.get("runAsNonRoot").boolean() === false) {
      complain(`${pod.title} allows root: set securityContext.runAsNonRoot of the pod to true.`);
    }
    if (forRoot(pod.securityContext)) {
      complain(`${pod.title} runs as root: set securityContext.runAsUser of the pod to a number above 0.`);
    }
    for (const container of pod.allContainers) {
      if (effective(pod, container, "runAsNonRoot").boolean() !== true) {
        complain(`${container.title} may run as root: set securityContext.runAsNonRoot to true on it or on the pod.`);
      }
      if (forRoot(container.value.get("securityContext"))) {
        complain(`${container.title} runs as root: set its securityContext.runAsUser to a number above 0.`);
      }
    }
  },
});

export const podsCannotEscalatePrivileges = podRule({
  name: "pods-cannot-escalate-privileges",
  decides,
  severity: "high",
  description: "No process in a container can gain more privileges than its parent.",
  fix: "Set securityContext.allowPrivilegeEscalation to false on every container.",
  check: (pod, complain) => {
    if (pod.isWindows) return;
    for (const { value, title } of pod.allContainers) {
      if (value.at("securityContext.allowPrivilegeEscalation").boolean() !== false) {
        complain(`${title} may gain privileges: set securityContext.allowPrivilegeEscalation to false.`);
      }
    }
  },
});

export const podsDropCapabilities = podRule({
  name: "pods-drop-all-capabilities",
  decides,
  severity: "high",
  description: "Every container drops all Linux capabilities and adds none but NET_BIND_SERVICE.",
  fix: 'Set securityContext.capabilities.drop to ["ALL"] on every container and remove what capabilities.add holds.',
  check: (pod, complain) => {
    if (pod.isWindows) return;
    for (const { value, title } of pod.allContainers) {
      const capabilities = value.at("securityContext.capabilities");
      if (!capabilities.get("drop").strings().includes("ALL")) {
        complain(`${title} keeps capabilities: set securityContext.capabilities.drop to ["ALL"].`);
      }
      const added = capabilities
        .get("add")
        .strings()
        .filter((capability) => capability !== "NET_BIND_SERVICE");
      if (added.length > 0) {
        complain(`${title} adds ${added.join(", ")}: remove it from securityContext.capabilities.add.`);
      }
    }
  },
});

export const podsUseDefaultSeccomp = podRule({
  name: "pods-use-the-default-seccomp-profile",
  decides,
  severity: "high",
  description: "Every container runs under the container runtime's default seccomp profile.",
  fix: "Set securityContext.seccompProfile.type to RuntimeDefault on the pod, and nothing else on a container.",
  // The standard accepts Localhost too; AUD-SEC-02 names RuntimeDefault alone.
  check: (pod, complain) => {
    if (pod.isWindows) return;
    const ofPod = pod.securityContext.at("seccompProfile.type").string();
    if (ofPod !== undefined && ofPod !== "RuntimeDefault") {
      complain(`${pod.title} has seccomp profile ${ofPod}: set securityContext.seccompProfile.type to RuntimeDefault.`);
    }
    for (const container of pod.allContainers) {
      const profile = effective(pod, container, "seccompProfile").get("type").string();
      if (profile !== "RuntimeDefault") {
        complain(
          `${container.title} has ${profile === undefined ? "no seccomp profile" : `seccomp profile ${profile}`}: ` +
            "set securityContext.seccompProfile.type to RuntimeDefault on it or on the pod.",
        );
      }
    }
  },
});

export const podsHaveReadOnlyRoots = podRule({
  name: "pods-have-read-only-root-file-systems",
  decides,
  severity: "medium",
  description: "No container can write to its root file system.",
  fix: "Set securityContext.readOnlyRootFilesystem to true on every container; mount an emptyDir where it must write.",
  check: (pod, complain) => {
    for (const { value, title } of pod.allContainers) {
      if (value.at("securityContext.readOnlyRootFilesystem").boolean() !== true) {
        complain(
          `${title} can write to its root file system: set securityContext.readOnlyRootFilesystem to true, ` +
            "and mount an emptyDir where it must write.",
        );
      }
    }
  },
});

const allowedVolumes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

export const podsUseSafeVolumes = podRule({
  name: "pods-use-safe-volumes",
  decides,
  severity: "high",
  description: "Pods mount only volumes of types that do not reach past the pod.",
  fix: `Use volumes of these types only: ${allowedVolumes.join(", ")}.`,
  check: (pod, complain) => {
    for (const volume of pod.spec.get("volumes").list()) {
      const sources = volume.keys().filter((key) => key !== "name" && volume.get(key).exists);
      const refused = sources.filter((source) => !allowedVolumes.includes(source));
      if (refused.length === 0 && sources.length > 0) continue;
      const type = sources.length === 0 ? "no type" : `the type ${refused.join(", ")}`;
      complain(
        `Volume "${volume.get("name").string() ?? ""}" of ${pod.title} has ${type}: ` +
          `use one of ${allowedVolumes.join(", ")}.`,
      );
    }
  },
});
