import * as pulumi from "@pulumi/pulumi";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { parseAmount } from "../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { refuse, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { nameOf } from "../names.ts";

/** How fast pods are added. */
export interface ScaleUpArgs {
  /** Seconds of load that the decision looks back on. @default 30 (AUD-SCALE-05) */
  stabilizationSeconds?: number;
  /** Percent of the pods that are added in a period. @default 100 (AUD-SCALE-05) */
  percent?: number;
  /** Pods that are added in a period where that is more. @default 2 (AUD-SCALE-05) */
  pods?: number;
  /** Seconds of a period. @default 30 (AUD-SCALE-05) */
  periodSeconds?: number;
}

/** How slowly pods are removed. */
export interface ScaleDownArgs {
  /** Seconds of load that the decision looks back on. @default 300 (AUD-SCALE-05) */
  stabilizationSeconds?: number;
  /** Percent of the pods that are removed in a period. @default 25 (AUD-SCALE-05) */
  percent?: number;
  /** Seconds of a period. @default 60 (AUD-SCALE-05) */
  periodSeconds?: number;
}

/** A metric besides CPU and memory, and its value per pod at which pods are added. */
export interface MetricTarget {
  /** Name of the metric, as the cluster's metrics API serves it. */
  metric: string;
  /** Value per pod, as a Kubernetes quantity: "30" messages, "1500m" seconds. */
  averageValue: string;
}

/** Arguments of `Autoscaling`. */
export interface AutoscalingArgs {
  /** Namespace of the Deployment. */
  namespace: pulumi.Input<string>;
  /** Name of the Deployment to scale. */
  target: pulumi.Input<string>;
  /** Fewest pods. @default 3 (AUD-PROD-02, CV-KUBE-03) */
  minReplicas?: number;
  /** Most pods. @default 10 (AUD-PROD-02, CV-KUBE-03) */
  maxReplicas?: number;
  /** Percent of the requested CPU at which pods are added. @default 70 (AUD-PROD-04, CV-SCALE-01) */
  cpuPercent?: number;
  /** Percent of the requested memory at which pods are added. @default 80 (AUD-PROD-04, CV-SCALE-01) */
  memoryPercent?: number;
  /** How fast pods are added. @default doubled, by 2 at least, every 30 s (AUD-SCALE-05) */
  scaleUp?: ScaleUpArgs;
  /** How slowly pods are removed. @default a quarter a minute after 5 quiet minutes (AUD-SCALE-05) */
  scaleDown?: ScaleDownArgs;
  /** Length of the queue per pod, an external metric. @default not scaled by (AUD-SCALE-04) */
  queueLength?: MetricTarget;
  /** Seconds that a task takes, a metric of the pods. @default not scaled by (AUD-SCALE-04) */
  processingTime?: MetricTarget;
}

export const autoscalingDefaults = deepFrozen({
  minReplicas: thresholds.replicas.min,
  maxReplicas: thresholds.replicas.max,
  cpuPercent: thresholds.scaling.cpuPercent,
  memoryPercent: thresholds.scaling.memoryPercent,
});

export const scaleUpDefaults = deepFrozen({ stabilizationSeconds: 30, percent: 100, pods: 2, periodSeconds: 30 });

export const scaleDownDefaults = deepFrozen({
  stabilizationSeconds: thresholds.scaling.scaleDown.minStabilizationSeconds,
  percent: thresholds.scaling.scaleDown.maxPercent,
  periodSeconds: thresholds.scaling.scaleDown.minPeriodSeconds,
});

/** Sets a Deployment's size by load: quickly up, slowly down. */
export class Autoscaling extends pulumi.ComponentResource {
  /** Name of the HorizontalPodAutoscaler. */
  readonly autoscalerName: pulumi.Output<string>;

  constructor(name: string, args: AutoscalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:capability:Autoscaling", name, args, opts);
    const given = withDefaults(args, autoscalingDefaults);
    const scaleUp = withDefaults<ScaleUpArgs, keyof ScaleUpArgs>(args.scaleUp ?? {}, scaleUpDefaults);
    const scaleDown = withDefaults<ScaleDownArgs, keyof ScaleDownArgs>(args.scaleDown ?? {}, scaleDownDefaults);
    refuse(name, problemsOf(given, scaleUp, scaleDown));

    const autoscaler = new HorizontalPodAutoscaler(
      name,
      {
        metadata: {
          name: given.target,
          namespace: given.namespace,
          labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
        },
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: given.target },
          minReplicas: given.minReplicas,
          maxReplicas: given.maxReplicas,
          metrics: metrics(given),
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: scaleUp.stabilizationSeconds,
              selectPolicy: "Max",
              policies: [
                { type: "Percent", value: scaleUp.percent, periodSeconds: scaleUp.periodSeconds },
                { type: "Pods", value: scaleUp.pods, periodSeconds: scaleUp.periodSeconds },
              ],
            },
            scaleDown: {
              stabilizationWindowSeconds: scaleDown.stabilizationSeconds,
              selectPolicy: "Min",
              policies: [{ type: "Percent", value: scaleDown.percent, periodSeconds: scaleDown.periodSeconds }],
            },
          },
        },
      },
      { parent: this },
    );

    this.autoscalerName = nameOf(autoscaler, given.target);
    this.registerOutputs({ autoscalerName: this.autoscalerName });
  }
}

type Sized = AutoscalingArgs & Required<Pick<AutoscalingArgs, keyof typeof autoscalingDefaults>>;

function metrics(args: Sized): k8s.autoscaling.v2.MetricSpec[] {
  const resource = (name: string, averageUtilization: number) => ({
    type: "Resource",
    resource: { name, target: { type: "Utilization", averageUtilization } },
  });
  const metric = ({ metric, averageValue }: MetricTarget) => ({
    metric: { name: metric },
    target: { type: "AverageValue", averageValue },
  });
  return [
    resource("cpu", args.cpuPercent),
    resource("memory", args.memoryPercent),
    // The queue is one for all pods, so its length is divided by their number; a duration is each pod's own.
    ...(args.queueLength === undefined ? [] : [{ type: "External", external: metric(args.queueLength) }]),
    ...(args.processingTime === undefined ? [] : [{ type: "Pods", pods: metric(args.processingTime) }]),
  ];
}

function problemsOf(args: Sized, scaleUp: Required<ScaleUpArgs>, scaleDown: Required<ScaleDownArgs>): Problem[] {
  const { replicas, scaling } = thresholds;
  const bounds = { ...replicas, items: "AUD-PROD-02" };
  const metric = (path: "queueLength" | "processingTime") => {
    const target = args[path];
    if (target === undefined) return [];
    return [
      ...unless(target.metric !== "", `${path}.metric`, target.metric, "the name of a metric is needed (AUD-SCALE-04)"),
      ...unless(
        (parseAmount(target.averageValue) ?? 0n) > 0n,
        `${path}.averageValue`,
        target.averageValue,
        "a Kubernetes quantity above 0, such as 30 or 1500m, is accepted (AUD-SCALE-04)",
      ),
    ];
  };
  const behaviour = { items: "AUD-SCALE-05" };
  return [
    ...wholeNumber("minReplicas", args.minReplicas, bounds),
    ...wholeNumber("maxReplicas", args.maxReplicas, bounds),
    ...unless(
      args.minReplicas <= args.maxReplicas,
      "minReplicas",
      args.minReplicas,
      `at most maxReplicas (${args.maxReplicas}) is allowed (AUD-PROD-02)`,
    ),
    ...wholeNumber("cpuPercent", args.cpuPercent, { min: 1, max: scaling.cpuPercent, items: "AUD-PROD-04" }),
    ...wholeNumber("memoryPercent", args.memoryPercent, { min: 1, max: scaling.memoryPercent, items: "AUD-PROD-04" }),
    ...wholeNumber("scaleUp.stabilizationSeconds", scaleUp.stabilizationSeconds, {
      ...behaviour,
      min: 0,
      max: scaling.scaleUp.maxStabilizationSeconds,
    }),
    ...wholeNumber("scaleUp.percent", scaleUp.percent, { ...behaviour, min: 1 }),
    ...wholeNumber("scaleUp.pods", scaleUp.pods, { ...behaviour, min: 1 }),
    ...wholeNumber("scaleUp.periodSeconds", scaleUp.periodSeconds, { ...behaviour, min: 1, max: 1800 }),
    ...wholeNumber("scaleDown.stabilizationSeconds", scaleDown.stabilizationSeconds, {
      ...behaviour,
      min: scaling.scaleDown.minStabilizationSeconds,
      max: 3600,
    }),
    ...wholeNumber("scaleDown.percent", scaleDown.percent, {
      ...behaviour,
      min: 1,
      max: scaling.scaleDown.maxPercent,
    }),
    ...wholeNumber("scaleDown.periodSeconds", scaleDown.periodSeconds, {
      ...behaviour,
      min: scaling.scaleDown.minPeriodSeconds,
      max: 1800,
    }),
    ...metric("queueLength"),
    ...metric("processingTime"),
  ];
}
