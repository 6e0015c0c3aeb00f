// What must hold between several values of a stack's configuration. It looks at whatever is sound by itself, so that
// all problems are found at once; what is missing or wrong by itself has been reported already.
import type { Day } from "../checklist/dates.ts";
import { labelKey } from "../checklist/label-syntax.ts";
import { parseAmount } from "../checklist/quantity.ts";
import { thresholds } from "../checklist/thresholds.ts";
import { applicationDefaults, namespaceName, probesDefaults, rolloutDefaults } from "../components/index.ts";
import { secretIn } from "../policy-pack/lib/secret-patterns.ts";
import { edgeProblems } from "./edges.ts";
import { imageObjection } from "../checklist/image.ts";
import { platformProblems } from "./platform.ts";
import { duplicates } from "./problems.ts";
import type { Path, Problem } from "./problems.ts";
import type { Draft } from "./schema.ts";
import { settingObjection } from "./settings.ts";

type CapabilityDraft = Draft["capabilities"][number];

/** What the configuration cannot know of itself. */
export interface Circumstances {
  /** Config keys that hold a Pulumi secret. */
  readonly secretKeys: readonly string[];
  /** The day on which it is read. */
  readonly today: Day;
}

export function consistencyProblems(draft: Draft, { secretKeys, today }: Circumstances): Problem[] {
  return [
    ...foundationProblems(draft.foundation, secretKeys),
    // Whatever a capability is told ends up readable in its namespace, so a secret key here is a leak to come.
    ...secretKeys
      .filter((key) => key !== "foundation")
      .map((key) => ({
        path: [key],
        given: "a Pulumi secret given",
        accepted: "put it into a Secret and name it in the capability's secrets (AUD-SEC-03, CV-SECRET-01)",
      })),
    ...draft.capabilities.flatMap((capability, index) => [
      ...imageProblems(capability, ["capabilities", index], draft.environment),
      ...namingProblems(capability, ["capabilities", index], draft.environment),
      ...sizeProblems(capability, ["capabilities", index]),
      ...settingProblems(capability, ["capabilities", index]),
      ...flagProblems(capability, ["capabilities", index], today),
      ...lifecycleProblems(capability, ["capabilities", index]),
      ...affinityProblems(capability, ["capabilities", index]),
    ]),
    ...edgeProblems(draft),
    ...platformProblems(draft),
  ];
}

function foundationProblems(foundation: Draft["foundation"], secretKeys: readonly string[]): Problem[] {
  if (foundation === undefined) return [];
  const { cluster } = foundation;
  const path = ["foundation"];
  const given = (["cluster", "stack", "aws"] as const).filter((form) => form in foundation);
  if (given.length !== 1) {
    const accepted =
      "exactly one is accepted: cluster (one that is there), stack (one that exports foundation) or aws (one of this " +
      "stack's own) (CV-KUBE-01)";
    const named = given.length === 0 ? "neither cluster nor stack nor aws" : given.join(" and ");
    return [{ path, given: `${named} given`, accepted }];
  }
  if (cluster !== undefined && cluster.context === undefined && cluster.kubeconfig === undefined) {
    const accepted =
      "context, kubeconfig or both are needed, or the stack would go wherever kubectl points (CV-KUBE-01)";
    return [{ path: [...path, "cluster"], given: "neither context nor kubeconfig given", accepted }];
  }
  if (cluster?.kubeconfig !== undefined && !secretKeys.includes("foundation")) {
    const accepted = "set it with `pulumi config set --secret --path` (CV-SECRET-01)";
    return [{ path: [...path, "cluster", "kubeconfig"], given: "a secret given in plain text", accepted }];
  }
  return [];
}

function imageProblems({ image }: CapabilityDraft, path: Path, environment?: string): Problem[] {
  if (image === undefined) return [];
  const accepted = imageObjection(image, { digestRequired: environment !== undefined && digestRequired(environment) });
  return accepted === undefined ? [] : [{ path: [...path, "image"], accepted }];
}

/** Whether images must be named by digest: everywhere but in the sandbox, whose images are built on the spot. */
export function digestRequired(environment: string): boolean {
  return environment !== "sandbox";
}

function namingProblems({ name, component }: CapabilityDraft, path: Path, environment?: string): Problem[] {
  if (name === undefined) return [];
  const problems: Problem[] = [];
  const workload = `${name}-${component ?? applicationDefaults.component}`;
  if (workload.length > 52)
    problems.push({
      path: [...path, component === undefined ? "name" : "component"],
      accepted: `${workload} has ${workload.length} characters, at most 52 leave room for the names of its pods (CV-MAN-01)`,
    });
  const namespace = namespaceName(name, environment ?? "");
  if (namespace.length > 63)
    problems.push({
      path: [...path, "name"],
      accepted: `its namespace ${namespace} has ${namespace.length} characters, at most 63 are allowed (AUD-PROD-01)`,
    });
  return problems;
}

function sizeProblems({ replicas, resources, minAvailable }: CapabilityDraft, path: Path): Problem[] {
  const problems: Problem[] = [];
  const min = replicas?.min ?? thresholds.replicas.min;
  const max = replicas?.max ?? thresholds.replicas.max;
  if (min > max)
    problems.push({
      path: [...path, "replicas", "min"],
      accepted: `at most replicas.max, ${max}, is allowed (AUD-PROD-02)`,
    });
  if (minAvailable !== undefined && minAvailable >= min)
    problems.push({
      path: [...path, "minAvailable"],
      accepted: `less than replicas.min, ${min}, is needed, or no node can be drained (CV-SCALE-03)`,
    });
  for (const kind of ["cpu", "memory"] as const) {
    const request = String(resources?.requests?.[kind] ?? thresholds.resources.requests[kind]);
    const limit = String(resources?.limits?.[kind] ?? thresholds.resources.limits[kind]);
    // What is out of the checklist's bounds is reported as that.
    if (parseAmount(limit)! >= parseAmount(request)!) continue;
    problems.push({
      path: [...path, "resources", "limits", kind],
      accepted: `at least what is requested, ${JSON.stringify(request)}, is needed (AUD-PROD-03, CV-MAN-06)`,
    });
  }
  return problems;
}

function settingProblems({ settings = {}, secrets = [], resources }: CapabilityDraft, path: Path): Problem[] {
  const limits = {
    cpu: String(resources?.limits?.cpu ?? thresholds.resources.limits.cpu),
    memory: String(resources?.limits?.memory ?? thresholds.resources.limits.memory),
  };
  const problems: Problem[] = Object.entries(settings).flatMap(([name, value]) => {
    const at = [...path, "settings", name];
    if (!/^[A-Z][A-Z0-9_]*$/.test(name))
      return [
        {
          path: at,
          given: "name given",
          accepted:
            "capital letters, digits and underscores, starting with a letter, are accepted as its name (CV-MAN-03)",
        },
      ];
    if (value === undefined) return [];
    if (secretIn(name, String(value)) !== undefined)
      return [
        {
          path: at,
          given: "a secret given in plain text",
          accepted: "put it into a Secret and name it in the capability's secrets (AUD-SEC-03, CV-SECRET-01)",
        },
      ];
    const accepted = settingObjection(name, String(value), limits);
    return accepted === undefined ? [] : [{ path: at, accepted }];
  });
  const variables = secrets.map((secret) => secret?.env);
  const taken = variables.flatMap((variable, index) =>
    variable !== undefined && Object.hasOwn(settings, variable)
      ? [{ path: [...path, "secrets", index, "env"], accepted: "settings has it already (AUD-SEC-03)" }]
      : [],
  );
  const repeated = duplicates(variables).map((index) => ({
    path: [...path, "secrets", index, "env"],
    accepted: "each variable is accepted once (AUD-SEC-03)",
  }));
  return [...problems, ...taken, ...repeated];
}

function flagProblems({ featureFlags = [] }: CapabilityDraft, path: Path, today: Day): Problem[] {
  const overdue = featureFlags.flatMap((flag, index) =>
    flag?.removeBy !== undefined && flag.removeBy < today
      ? [
          {
            path: [...path, "featureFlags", index, "removeBy"],
            accepted: `a day from ${today} on is accepted: remove the flag, or have its owner give a new day (CV-ENV-05)`,
          },
        ]
      : [],
  );
  const repeated = duplicates(featureFlags.map((flag) => flag?.name)).map((index) => ({
    path: [...path, "featureFlags", index, "name"],
    accepted: "each name is accepted once (CV-ENV-05)",
  }));
  return [...overdue, ...repeated];
}

function lifecycleProblems(capability: CapabilityDraft, path: Path): Problem[] {
  const problems: Problem[] = [];
  const preStop = capability.preStopSeconds ?? rolloutDefaults.preStopSeconds;
  const grace = capability.terminationGraceSeconds ?? rolloutDefaults.terminationGraceSeconds;
  if (preStop >= grace)
    problems.push({
      path: [...path, capability.preStopSeconds === undefined ? "terminationGraceSeconds" : "preStopSeconds"],
      accepted: `preStopSeconds (${preStop}) must be less than terminationGraceSeconds (${grace}), or requests are cut off (AUD-PROD-06)`,
    });
  const liveness = capability.probes?.liveness?.path ?? probesDefaults.liveness.path;
  const readiness = capability.probes?.readiness?.path ?? probesDefaults.readiness.path;
  if (liveness === readiness)
    problems.push({
      path: [...path, "probes", capability.probes?.readiness?.path === undefined ? "liveness" : "readiness", "path"],
      accepted: "liveness and readiness need different paths (AUD-PROD-05)",
    });
  return problems;
}

function affinityProblems({ nodeAffinity }: CapabilityDraft, path: Path): Problem[] {
  return (["required", "preferred"] as const).flatMap((kind) =>
    Object.keys(nodeAffinity?.[kind] ?? {})
      .filter((key) => !labelKey.holds(key))
      .map((key) => ({
        path: [...path, "nodeAffinity", kind, key],
        given: "key given",
        accepted: `${labelKey.accepted} (CV-SCALE-04)`,
      })),
  );
}
