// Who a pod is to the Kubernetes API: an account of its own, with no token unless it calls the API.
import { podRule, stackRule } from "../lib/define.ts";
import { podOf, serviceKinds } from "../lib/pod.ts";
import { exceptions } from "../limits.ts";

export const podsHaveTheirOwnServiceAccount = stackRule({
  name: "pods-have-their-own-service-account",
  decides: ["AUD-SEC-05"],
  severity: "high",
  description: "Every pod names a service account other than default, and no two workloads share one.",
  fix: "Declare a ServiceAccount for the workload and name it in spec.serviceAccountName.",
  subjects: (stack) => stack.workloads,
  check: (workload, stack, complain) => {
    const account = podOf(workload)?.spec.get("serviceAccountName").string() ?? "";
    if (podOf(workload) === undefined) return;
    if (account === "" || account === "default") {
      complain(`${workload.title} runs as the account default: declare one and name it in spec.serviceAccountName.`);
      return;
    }
    const services: readonly string[] = serviceKinds;
    if (!services.includes(workload.kind)) return;
    const sharer = stack
      .inNamespace(workload.namespace, ...serviceKinds)
      .find((other) => other !== workload && podOf(other)?.spec.get("serviceAccountName").string() === account);
    if (sharer !== undefined) {
      complain(`${workload.title} shares the service account ${account} with ${sharer.title}: give each its own.`);
    }
  },
});

export const podsMountNoToken = podRule({
  name: "pods-mount-no-api-token",
  decides: ["AUD-SEC-05"],
  severity: "high",
  description: "No pod holds a token for the Kubernetes API unless it calls it.",
  fix: `Set automountServiceAccountToken to false, or annotate the pod ${exceptions.token} with why it calls the API.`,
  check: (pod, complain) => {
    if ((pod.annotation(exceptions.token) ?? "") !== "") return;
    if (pod.spec.get("automountServiceAccountToken").boolean() !== false) {
      complain(`${pod.title} mounts a token for the Kubernetes API: set automountServiceAccountToken to false.`);
    }
    for (const volume of pod.spec.get("volumes").list()) {
      const tokens = volume
        .at("projected.sources")
        .list()
        .map((source) => source.get("serviceAccountToken"));
      // A token for another audience, such as a cloud's, opens nothing in the cluster.
      if (tokens.some((token) => token.exists && (token.get("audience").string() ?? "") === "")) {
        complain(
          `${pod.title} projects a token for the Kubernetes API into a volume: remove it or give it an audience.`,
        );
      }
    }
  },
});
