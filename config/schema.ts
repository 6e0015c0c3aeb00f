// The shape of a stack's configuration: keys, types and the bounds of single values, made of the kinds in values.ts. What
// holds between several values is in consistency.ts. Every message says what is accepted and names the checklist items
// behind it.
import * as z from "zod";
import { isDay } from "../checklist/dates.ts";
import { parseAmount } from "../checklist/quantity.ts";
import { thresholds } from "../checklist/thresholds.ts";
import { runtimes } from "../components/capability/settings.ts";
import { edge, route } from "./edge-schema.ts";
import { awsAccount, awsFoundation, forecastPeak, maintenanceWindow, nodePools } from "./foundation-schema.ts";
import { nodeAffinity, tolerations } from "./node-schema.ts";
import { operators } from "./operators-schema.ts";
import { secrets as secretsPlatform } from "./secrets-schema.ts";
import { security } from "./security-schema.ts";
import { backupPolicy, dataPlatform, dataSizes, tenants } from "./data-schema.ts";
import { atLeast, atMost, count, dnsLabel, environmentVariable, object, podLabels, port, text } from "./values.ts";

const { probes, replicas, resources, rollout, scaling, disruption } = thresholds;

const averageAccepted = 'a quantity above 0 such as "30" or "1500m" is accepted (AUD-SCALE-04)';
const metric = object(
  {
    metric: text("the name of a metric is accepted (AUD-SCALE-04)"),
    averageValue: z
      .union([z.string(), z.number()], averageAccepted)
      .transform(String)
      .refine((given) => (parseAmount(given) ?? 0n) > 0n, averageAccepted),
  },
  "AUD-SCALE-04",
);

const pathAccepted = "a path that starts with / is accepted (AUD-PROD-05)";
const probe = object(
  {
    path: z.string(pathAccepted).startsWith("/", pathAccepted).optional(),
    periodSeconds: count({ min: 1, max: probes.maxPeriodSeconds }, "AUD-PROD-05").optional(),
    timeoutSeconds: count({ min: 1 }, "AUD-PROD-05").optional(),
    failureThreshold: count({ min: probes.minFailureThreshold }, "AUD-PROD-05").optional(),
  },
  "AUD-PROD-05",
);

const service = object(
  {
    namespace: dnsLabel("AUD-SEC-01", 63).optional(),
    podLabels: podLabels.optional(),
    cidr: text("a network such as 10.20.0.0/16 is accepted (CV-KUBE-04)").optional(),
    ports: z.array(port, "a list of ports is accepted (CV-NET-01)").optional(),
  },
  "AUD-SEC-01",
);

const scale = object(
  {
    cpuPercent: count({ min: 1, max: scaling.cpuPercent }, "AUD-PROD-04").optional(),
    memoryPercent: count({ min: 1, max: scaling.memoryPercent }, "AUD-PROD-04").optional(),
    scaleUp: object(
      {
        stabilizationSeconds: count(
          { min: 0, max: scaling.scaleUp.maxStabilizationSeconds },
          "AUD-SCALE-05",
        ).optional(),
        percent: count({ min: 1 }, "AUD-SCALE-05").optional(),
        pods: count({ min: 1 }, "AUD-SCALE-05").optional(),
        periodSeconds: count({ min: 1, max: 1800 }, "AUD-SCALE-05").optional(),
      },
      "AUD-SCALE-05",
    ).optional(),
    scaleDown: object(
      {
        stabilizationSeconds: count(
          { min: scaling.scaleDown.minStabilizationSeconds, max: 3600 },
          "AUD-SCALE-05",
        ).optional(),
        percent: count({ min: 1, max: scaling.scaleDown.maxPercent }, "AUD-SCALE-05").optional(),
        periodSeconds: count({ min: scaling.scaleDown.minPeriodSeconds, max: 1800 }, "AUD-SCALE-05").optional(),
      },
      "AUD-SCALE-05",
    ).optional(),
    queueLength: metric.optional(),
    processingTime: metric.optional(),
  },
  "AUD-PROD-04, AUD-SCALE-05",
);

// Without quotes YAML may make something else of a day.
const dayAccepted = 'a day in quotes, such as "2027-06-30", is accepted (CV-ENV-05)';
const featureFlag = object(
  {
    name: text("the name that the code asks for is accepted (CV-ENV-05)"),
    default: z.boolean("true or false is accepted (CV-ENV-05)"),
    owner: text("the name of whoever decides about the flag is accepted (CV-ENV-05)"),
    removeBy: z.string(dayAccepted).refine(isDay, dayAccepted),
  },
  "CV-ENV-05",
);

const secret = object(
  {
    env: environmentVariable("AUD-SEC-03"),
    secretName: text("the name of a Secret in the capability's namespace is accepted (AUD-SEC-03)"),
    key: text("a key of the Secret is accepted (AUD-SEC-03)"),
  },
  "AUD-SEC-03",
);

const groups = z
  .array(
    text("the name of a group is accepted (AUD-APG-04)").refine((group) => !group.startsWith("system:"), {
      error: "a group of people is accepted, none of Kubernetes' own (AUD-APG-04)",
    }),
    "a list of groups is accepted (AUD-APG-04, AUD-SEC-05)",
  )
  .optional();

const peers = z
  .array(
    text("the name of a capability or of an entry of apg:services is accepted (AUD-APG-02, AUD-SEC-01)"),
    "a list of names of capabilities and of entries of apg:services is accepted (AUD-APG-02, AUD-SEC-01)",
  )
  .optional();

const durationAccepted = 'a duration such as "15m" is accepted (AUD-EXEC-04)';
const capability = object(
  {
    name: dnsLabel("AUD-PROD-01"),
    image: z.string("an image is needed (AUD-INFRA-01, CV-IMG-05)"),
    component: dnsLabel("CV-MAN-01").optional(),
    port: port.optional(),
    replicas: object(
      { min: count(replicas, "AUD-PROD-02").optional(), max: count(replicas, "AUD-PROD-02").optional() },
      "AUD-PROD-02",
    ).optional(),
    resources: object(
      {
        requests: object(
          { cpu: atLeast(resources.requests.cpu), memory: atLeast(resources.requests.memory) },
          "AUD-PROD-03",
        ).optional(),
        limits: object(
          { cpu: atMost(resources.limits.cpu), memory: atMost(resources.limits.memory) },
          "AUD-PROD-03",
        ).optional(),
      },
      "AUD-PROD-03",
    ).optional(),
    scaling: scale.optional(),
    settings: z
      .record(
        z.string(),
        // `pulumi config set --path` turns "2" and "true" into a number and a boolean; a setting is text all the same.
        z.union([z.string(), z.number(), z.boolean()], "text is accepted (CV-MAN-03)").transform(String),
        "an object of settings and their values is accepted (CV-MAN-03)",
      )
      .optional(),
    featureFlags: z.array(featureFlag, "a list of feature flags is accepted (CV-ENV-05)").optional(),
    secrets: z.array(secret, "a list of references to Secrets is accepted (AUD-SEC-03)").optional(),
    probes: object(
      { liveness: probe.optional(), readiness: probe.optional(), startup: probe.optional() },
      "AUD-PROD-05, CV-MAN-07",
    ).optional(),
    sessionAffinity: object(
      { timeoutSeconds: count({ min: 1, max: 86400 }, "AUD-LB-03").optional() },
      "AUD-LB-03",
    ).optional(),
    runtime: z
      .enum(Object.keys(runtimes), `one of ${Object.keys(runtimes).join(", ")} is accepted (CV-PERF-08)`)
      .optional(),
    nodeAffinity,
    tolerations,
    minAvailable: count({ min: disruption.minAvailable, max: replicas.max - 1 }, "CV-MAN-08, CV-SCALE-03").optional(),
    preStopSeconds: count({ min: 1 }, "AUD-PROD-06").optional(),
    terminationGraceSeconds: count({ min: rollout.minTerminationGraceSeconds }, "AUD-PROD-06").optional(),
    deploymentTimeout: z
      .string(durationAccepted)
      .regex(/^(\d+[smh])+$/, durationAccepted)
      .optional(),
    persistentVolumeClaims: count({ min: 0 }, "CV-KUBE-07").optional(),
    operatorGroups: groups,
    viewerGroups: groups,
    connectsTo: peers,
    acceptsFrom: peers,
    data: dataSizes.optional(),
    route: route.optional(),
    migrationArgs: z
      .array(text("an argument is accepted (CV-DB-04)"), "a list of arguments is accepted (CV-DB-04)")
      .min(1, "at least one argument is needed (CV-DB-04)")
      .optional(),
  },
  "AUD-PROD-01",
);

const stackAccepted = 'a stack\'s full name such as "organization/apg-platform/prod" is accepted (CV-KUBE-01)';

const standInsAccepted = "an object of what is stood in for, and by what, is accepted (AUD-INFRA-01)";
const standInAccepted = "what stands in, in words, is accepted (AUD-INFRA-01)";

/** Everything that a stack may be told. */
export const schema = object(
  {
    environment: dnsLabel("AUD-PROD-01", 20),
    foundation: object(
      {
        cluster: object(
          {
            kubeconfig: text("the content of a kubeconfig file is accepted (CV-KUBE-01)").optional(),
            context: text("the name of a kubeconfig's context is accepted (CV-KUBE-01)").optional(),
          },
          "CV-KUBE-01",
        ).optional(),
        stack: z
          .string(stackAccepted)
          .regex(/^[\w.-]+\/[\w.-]+\/[\w.-]+$/, stackAccepted)
          .optional(),
        aws: awsFoundation.optional(),
      },
      "CV-KUBE-01",
    ),
    account: awsAccount.optional(),
    maintenanceWindow: maintenanceWindow.optional(),
    forecastPeak: forecastPeak.optional(),
    nodePools: nodePools.optional(),
    operators: operators.optional(),
    security: security.optional(),
    secrets: secretsPlatform.optional(),
    edge: edge.optional(),
    services: z.record(z.string(), service, "an object of named services is accepted (AUD-SEC-01)").optional(),
    capabilities: z.array(capability, "a list of capabilities, which may be empty, is accepted (AUD-PROD-01)"),
    tenants: tenants.optional(),
    data: dataPlatform.optional(),
    backup: backupPolicy,
    standIns: z.record(z.string(), text(standInAccepted), standInsAccepted).optional(),
  },
  "AUD-EXEC-03",
);

/** The configuration of a stack; each value is sound by itself. */
export type Parsed = z.output<typeof schema>;

type Partly<T> = T extends (infer E)[]
  ? (Partly<E> | undefined)[]
  : T extends object
    ? { [K in keyof T]?: Partly<T[K]> }
    : T;

/** What is sound by itself of a configuration as it is written down. */
export type Draft = Omit<Partly<z.input<typeof schema>>, "capabilities" | "services"> & {
  capabilities: Partly<z.input<typeof capability>>[];
  services: Record<string, Partly<z.input<typeof service>> | undefined>;
};

/** The keys that are known where a path leads. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const part of path) {
    at = unwrapped(at);
    if (at instanceof z.ZodObject) at = (at.shape as Partial<Record<PropertyKey, unknown>>)[part];
    else if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodRecord) at = at.valueType;
  }
  const found = unwrapped(at);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function unwrapped(type: unknown): unknown {
  return type instanceof z.ZodOptional ? type.unwrap() : type;
}
