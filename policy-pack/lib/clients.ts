// Pods that call a service by its address, and how they verify that it is the right one.
import { notConcerned } from "./define.ts";
import type { Complain } from "./define.ts";
import { ApplicationSettings } from "./environment.ts";
import type { KubernetesObject } from "./kubernetes.ts";
import { isMounted } from "./mounts.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { podOf } from "./pod.ts";
import type { Container } from "./pod.ts";

/** A service that pods call. */
export interface CalledService {
  /** What it is, in words. */
  readonly service: string;
  /** Variables with its address. */
  readonly addresses: readonly string[];
  /** Variable with the file that holds the authority. */
  readonly root: string;
  /** Variables that must have a value besides, and what is wrong where one has not. */
  readonly settings?: readonly { readonly name: string; readonly value: string; readonly otherwise: string }[];
}

/** A check of workloads: every container with an address verifies the service by a certificate that is mounted into it. */
export function verifiesService({ service, addresses, root, settings = [] }: CalledService) {
  return (workload: KubernetesObject, stack: PlannedStack, complain: Complain) => {
    const pod = podOf(workload);
    const clients = pod?.allContainers.filter((container) => hasAny(container, addresses)) ?? [];
    if (pod === undefined || clients.length === 0) return notConcerned;
    for (const client of clients) {
      // What is in the Secret cannot be read, and need not be: settings hold where the address says nothing else.
      const found = new ApplicationSettings(stack, pod, [client]);
      const valueOf = (name: string) => found.values(name)[0]?.value;
      for (const { name, value, otherwise } of settings)
        if (valueOf(name) !== value) complain(`${client.title} ${otherwise}: set ${name} to ${value}.`);
      const file = valueOf(root) ?? "";
      if (!isMounted(pod, client, file))
        complain(
          `${client.title} has ${file === "" ? "no certificate" : `${file}, which is in no mounted Secret or ConfigMap,`} ` +
            `to verify its ${service} by: set ${root} to a file of a mounted one.`,
        );
    }
    return undefined;
  };
}

function hasAny({ value }: Container, variables: readonly string[]): boolean {
  return value
    .get("env")
    .list()
    .some((variable) => variables.includes(variable.get("name").string() ?? ""));
}
