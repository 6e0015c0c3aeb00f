import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";

/** How a workload's pods are replaced. */
export const rolloutDefaults = deepFrozen({
  maxUnavailable: thresholds.rollout.maxUnavailable,
  /** A pod per zone at once: an update of the smallest workload is one step, not three. */
  maxSurge: thresholds.replicas.min,
  /** Seconds that a new pod stays ready before it counts. */
  minReadySeconds: thresholds.rollout.minReadySeconds,
  /** Seconds without progress after which an update has failed. */
  progressDeadlineSeconds: 600,
  revisionHistoryLimit: 5,
  /** Seconds between leaving the service and being told to stop, while load balancers take notice. */
  preStopSeconds: 10,
  /** Seconds until a stopping pod is killed. */
  terminationGraceSeconds: 60,
});
