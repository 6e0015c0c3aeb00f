// Where pods run: spread over zones and hosts, and special workloads on nodes of their own.
import { notConcerned, podRule, stackRule } from "../lib/define.ts";
import { podOf } from "../lib/pod.ts";
import { selects } from "../lib/selector.ts";
import { replicasOf } from "../lib/workload.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { spread, replicas } = thresholds;
const zoneKey = "topology.kubernetes.io/zone";

export const workloadsSpread = stackRule({
  name: "workloads-spread-over-zones-and-hosts",
  decides: ["CV-SCALE-04"],
  contributesTo: ["AUD-LB-04"],
  severity: "high",
  description: `Every workload of ${replicas.min} pods or more spreads them over zones, without exception, and over hosts.`,
  fix: `Add topologySpreadConstraints with the topologyKeys ${spread.topologyKeys.join(" and ")} and the pod's own labels.`,
  subjects: ["Deployment", "StatefulSet"],
  check: (workload, stack, complain) => {
    const pod = podOf(workload);
    if (pod === undefined || replicasOf(stack, workload).max < replicas.min) return notConcerned;
    const constraints = pod.spec
      .get("topologySpreadConstraints")
      .list()
      .filter((constraint) => selects(constraint.get("labelSelector"), pod.labels));
    for (const key of spread.topologyKeys) {
      const constraint = constraints.find((each) => each.get("topologyKey").string() === key);
      if (constraint === undefined) {
        complain(
          `${workload.title} may run on one ${key}: add a topology spread constraint that selects its own pods.`,
        );
        continue;
      }
      const skew = constraint.get("maxSkew").number() ?? 1;
      if (skew > spread.maxSkew) {
        complain(`${workload.title} spreads over ${key} with maxSkew ${skew}: set it to ${spread.maxSkew}.`);
      }
      if (key === zoneKey && constraint.get("whenUnsatisfiable").string() === "ScheduleAnyway") {
        complain(`${workload.title} spreads over zones only if it is easy: set whenUnsatisfiable to DoNotSchedule.`);
      }
    }
    return undefined;
  },
});

export const specialPodsHaveTheirNodes = podRule({
  name: "data-and-gpu-pods-have-their-nodes",
  decides: ["CV-SCALE-04"],
  severity: "medium",
  description: "Pods that use a GPU or hold data run on node pools made for them.",
  fix: "Add a nodeSelector or required node affinity for the node pool, and a toleration of its taint.",
  check: (pod, complain) => {
    const gpu = pod.allContainers.some(({ value }) => value.at("resources.limits").get("nvidia.com/gpu").exists);
    const claims = pod.spec
      .get("volumes")
      .list()
      .some((volume) => volume.get("persistentVolumeClaim").exists);
    const data =
      claims || (pod.owner.kind === "StatefulSet" && pod.owner.spec.get("volumeClaimTemplates").list().length > 0);
    if (!gpu && !data) return notConcerned;
    const what = gpu ? "uses a GPU" : "holds data";
    // Preferred affinity is a wish: where its nodes have no room, the pod runs elsewhere.
    const required = pod.spec.at("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
    const chosen =
      pod.spec.get("nodeSelector").keys().length > 0 || required.get("nodeSelectorTerms").list().length > 0;
    if (!chosen) {
      complain(
        `${pod.title} ${what} and may run anywhere: add a nodeSelector or required node affinity for its node pool.`,
      );
    }
    if (pod.spec.get("tolerations").list().length === 0) {
      complain(`${pod.title} ${what} and tolerates no taint: add a toleration of its node pool's taint.`);
    }
    return undefined;
  },
});
