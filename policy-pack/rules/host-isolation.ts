// Pod Security Standards, level baseline (a part of restricted), as of Kubernetes 1.36: what a pod must leave alone.
import { podRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import type { Pod } from "../lib/pod.ts";
import type { Value } from "../lib/value.ts";

const decides = ["AUD-SEC-02", "CV-KUBE-08"];

/** Every security context of a pod, with the words for whose it is. */
function securityContexts(pod: Pod): { title: string; context: Value }[] {
  return [
    { title: pod.title, context: pod.securityContext },
    ...pod.allContainers.map(({ title, value }) => ({ title, context: value.get("securityContext") })),
  ];
}

export const podsStayOffTheHost = podRule({
  name: "pods-stay-off-the-host",
  decides,
  severity: "critical",
  description: "No pod shares its node's namespaces, ports or processes, or runs privileged.",
  fix: "Remove hostNetwork, hostPID, hostIPC, hostPort, privileged, windowsOptions.hostProcess, and host in probes and hooks.",
  check: (pod, complain) => {
    for (const key of ["hostNetwork", "hostPID", "hostIPC"]) {
      if (pod.spec.get(key).boolean() === true) complain(`${pod.title} sets ${key}: remove it from the pod.`);
    }
    for (const { title, context } of securityContexts(pod)) {
      if (context.at("windowsOptions.hostProcess").boolean() === true) {
        complain(`${title} sets securityContext.windowsOptions.hostProcess: remove it.`);
      }
    }
    for (const { title, value } of pod.allContainers) {
      if (value.at("securityContext.privileged").boolean() === true) {
        complain(`${title} is privileged: remove securityContext.privileged.`);
      }
      for (const port of value.get("ports").list()) {
        const hostPort = port.get("hostPort").number() ?? 0;
        if (hostPort !== 0) complain(`${title} takes port ${hostPort} of its node: remove hostPort.`);
      }
      refuseHosts(title, value, complain);
    }
  },
});

const handlers = [
  ...["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"].flatMap(
    (owner) => [`${owner}.httpGet.host`, `${owner}.tcpSocket.host`],
  ),
];

/** Probes and hooks are sent by the node; with a host of their own they would make it call elsewhere. */
function refuseHosts(title: string, container: Value, complain: Complain): void {
  for (const path of handlers) {
    if ((container.at(path).string() ?? "") !== "") complain(`${title} sets ${path}: remove it.`);
  }
}

const safeSysctls = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];
const safeSelinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const safeAppArmor = ["RuntimeDefault", "Localhost"];
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

export const podsKeepKernelDefences = podRule({
  name: "pods-keep-the-kernels-defences",
  decides,
  severity: "high",
  description: "No pod weakens /proc masking, sysctls, SELinux or AppArmor.",
  fix: "Remove procMount, unsafe sysctls, seLinuxOptions and appArmorProfile, or set them to values the standard allows.",
  check: (pod, complain) => {
    for (const { title, value } of pod.allContainers) {
      const procMount = value.at("securityContext.procMount").string() ?? "Default";
      if (procMount !== "Default") complain(`${title} has procMount ${procMount}: remove it.`);
    }
    for (const sysctl of pod.securityContext.get("sysctls").list()) {
      const name = sysctl.get("name").string() ?? "";
      if (!safeSysctls.includes(name)) complain(`${pod.title} sets the sysctl ${name}, which is not safe: remove it.`);
    }
    for (const { title, context } of securityContexts(pod)) {
      const selinux = context.get("seLinuxOptions");
      const type = selinux.get("type").string() ?? "";
      if (!safeSelinuxTypes.includes(type)) complain(`${title} has the SELinux type ${type}: remove it.`);
      for (const key of ["user", "role"]) {
        if ((selinux.get(key).string() ?? "") !== "") complain(`${title} sets seLinuxOptions.${key}: remove it.`);
      }
      const appArmor = context.get("appArmorProfile");
      const profile = appArmor.get("type").string() ?? "";
      if (appArmor.exists && !safeAppArmor.includes(profile)) {
        complain(`${title} has the AppArmor profile ${profile}: set it to RuntimeDefault or remove it.`);
      }
    }
    refuseAppArmorAnnotations(pod, complain);
  },
});

/** The older spelling of AppArmor profiles, which nodes still obey. */
function refuseAppArmorAnnotations(pod: Pod, complain: Complain): void {
  const annotations = pod.metadata.get("annotations");
  for (const key of annotations.keys().filter((name) => name.startsWith(appArmorAnnotation))) {
    const profile = annotations.get(key).string() ?? "";
    if (profile !== "" && profile !== "runtime/default" && !profile.startsWith("localhost/")) {
      complain(
        `${pod.title} has the annotation ${key} with the profile ${profile}: set it to runtime/default or remove it.`,
      );
    }
  }
}
