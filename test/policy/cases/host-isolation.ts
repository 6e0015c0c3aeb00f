import { set } from "../fixtures.ts";
import { container, containerPath, deployment, podPath } from "./case.ts";
import type { BadCase, RuleCases } from "./case.ts";

const context = `${containerPath}.securityContext`;

function pod(when: string, path: string, value: Parameters<typeof set>[2], says: string): BadCase {
  return { when, change: set("deployment", path, value), on: "deployment", says: [says] };
}

export const hostIsolationCases: RuleCases[] = [
  {
    rule: "pods-stay-off-the-host",
    good: [
      {
        when: "a container port leaves the host's alone",
        change: set("deployment", `${containerPath}.ports.0.hostPort`, 0),
      },
    ],
    bad: [
      ...["hostNetwork", "hostPID", "hostIPC"].map((key) =>
        pod(`it sets ${key}`, `${podPath}.${key}`, true, `${deployment} sets ${key}: remove it from the pod.`),
      ),
      pod(
        "a port is the host's",
        `${containerPath}.ports.0.hostPort`,
        80,
        `${container} takes port 80 of its node: remove hostPort.`,
      ),
      pod(
        "it is privileged",
        `${context}.privileged`,
        true,
        `${container} is privileged: remove securityContext.privileged.`,
      ),
      pod(
        "the pod is a host process",
        `${podPath}.securityContext.windowsOptions`,
        { hostProcess: true },
        `${deployment} sets securityContext.windowsOptions.hostProcess: remove it.`,
      ),
      pod(
        "the container is a host process",
        `${context}.windowsOptions`,
        { hostProcess: true },
        `${container} sets securityContext.windowsOptions.hostProcess: remove it.`,
      ),
      ...["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"].flatMap(
        (owner) =>
          ["httpGet", "tcpSocket"].map((action) =>
            pod(
              `${owner} calls another host by ${action}`,
              `${containerPath}.${owner}.${action}.host`,
              "203.0.113.1",
              `${container} sets ${owner}.${action}.host: remove it.`,
            ),
          ),
      ),
    ],
  },
  {
    rule: "pods-keep-the-kernels-defences",
    good: [
      {
        when: "the sysctls are safe",
        change: set("deployment", `${podPath}.securityContext.sysctls`, [
          { name: "net.ipv4.tcp_rmem", value: "4096 87380 6291456" },
        ]),
      },
      {
        when: "the SELinux type is a container's",
        change: set("deployment", `${context}.seLinuxOptions`, { type: "container_engine_t", level: "s0:c1" }),
      },
      {
        when: "the AppArmor profile is the runtime's",
        change: set("deployment", `${context}.appArmorProfile`, { type: "RuntimeDefault" }),
      },
    ],
    bad: [
      pod("/proc is unmasked", `${context}.procMount`, "Unmasked", `${container} has procMount Unmasked: remove it.`),
      pod(
        "a sysctl is unsafe",
        `${podPath}.securityContext.sysctls`,
        [{ name: "kernel.msgmax", value: "1" }],
        `${deployment} sets the sysctl kernel.msgmax, which is not safe: remove it.`,
      ),
      pod(
        "the SELinux type is another",
        `${podPath}.securityContext.seLinuxOptions`,
        { type: "spc_t" },
        `${deployment} has the SELinux type spc_t: remove it.`,
      ),
      pod(
        "the SELinux user is set",
        `${context}.seLinuxOptions`,
        { user: "sysadm_u" },
        `${container} sets seLinuxOptions.user: remove it.`,
      ),
      pod(
        "the SELinux role is set",
        `${context}.seLinuxOptions`,
        { role: "sysadm_r" },
        `${container} sets seLinuxOptions.role: remove it.`,
      ),
      pod(
        "AppArmor is off",
        `${context}.appArmorProfile`,
        { type: "Unconfined" },
        `${container} has the AppArmor profile Unconfined: set it to RuntimeDefault or remove it.`,
      ),
      {
        when: "AppArmor is off by annotation",
        change: set(
          "deployment",
          ["spec", "template", "metadata", "annotations", "container.apparmor.security.beta.kubernetes.io/api"],
          "unconfined",
        ),
        on: "deployment",
        says: [
          `${deployment} has the annotation container.apparmor.security.beta.kubernetes.io/api with the profile unconfined: set it to runtime/default or remove it.`,
        ],
      },
    ],
  },
];
