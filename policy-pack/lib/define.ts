// The three shapes of a rule. Each looks at one subject after the other, and keeps the books: a subject without a
// complaint is a proof, one whose deciding value is unknown is neither.
import { isKind, titleOf } from "./kubernetes.ts";
import type { Kind, KubernetesObject } from "./kubernetes.ts";
import type { CloudResource } from "./cloud.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { podKinds, podOf } from "./pod.ts";
import type { Pod } from "./pod.ts";
import type { PlannedResource, Reporter, Rule, Settings } from "./rule.ts";
import { Malformed, Undecidable } from "./value.ts";

type Heading = Pick<Rule, "name" | "decides" | "contributesTo" | "severity" | "description" | "fix" | "settings">;

/** Says what is wrong with the subject, in a full sentence. */
export type Complain = (message: string) => void;

/** Returned by a check that found the rule not to concern the subject: nothing is wrong, and nothing proved. */
export const notConcerned = Symbol("not concerned");
type Outcome = void | typeof notConcerned;

/** A rule over single objects of some kinds. */
export function objectRule(
  rule: Heading & {
    kinds: readonly Kind[];
    check: (object: KubernetesObject, complain: Complain, settings: Settings) => Outcome;
  },
): Rule {
  const { kinds, check, ...heading } = rule;
  return {
    ...heading,
    scope: "resource",
    appliesTo: (type) => isKind(type, kinds),
    check: (stack, report, settings) => {
      judgeAll(stack.ofKind(...kinds), report, (object, complain) => check(object, complain, settings));
    },
  };
}

/** A rule over the pods of some kinds, all by default. */
export function podRule(
  rule: Heading & {
    owners?: readonly (typeof podKinds)[number][];
    check: (pod: Pod, complain: Complain, settings: Settings) => Outcome;
  },
): Rule {
  const { owners = podKinds, check, ...heading } = rule;
  return objectRule({
    ...heading,
    kinds: owners,
    check: (object, complain, settings) => {
      const pod = podOf(object);
      return pod === undefined ? notConcerned : check(pod, complain, settings);
    },
  });
}

/** A rule over single resources of other providers, by their Pulumi type tokens. */
export function cloudRule(
  rule: Heading & {
    types: readonly string[];
    check: (resource: CloudResource, complain: Complain, settings: Settings) => Outcome;
  },
): Rule {
  const { types, check, ...heading } = rule;
  return {
    ...heading,
    scope: "resource",
    appliesTo: (type) => types.includes(type),
    check: (stack, report, settings) => {
      judgeAll(stack.ofType(...types), report, (resource, complain) => check(resource, complain, settings));
    },
  };
}

/** What a rule is about: Kubernetes objects, or resources of other providers. */
interface Subject {
  readonly resource: PlannedResource;
}

/** A rule that sees its subjects in the light of the whole stack. */
export function stackRule<S extends Subject = KubernetesObject>(
  rule: Heading & {
    subjects: (S extends KubernetesObject ? readonly Kind[] : never) | ((stack: PlannedStack) => readonly S[]);
    check: (subject: S, stack: PlannedStack, complain: Complain, settings: Settings) => Outcome;
  },
): Rule {
  const { subjects, check, ...heading } = rule;
  const subjectsIn =
    typeof subjects === "function"
      ? subjects
      : (stack: PlannedStack) => stack.ofKind(...(subjects as readonly Kind[])) as unknown as readonly S[];
  return {
    ...heading,
    scope: "stack",
    appliesTo: () => true,
    check: (stack, report, settings) => {
      judgeAll(subjectsIn(stack), report, (subject, complain) => check(subject, stack, complain, settings));
    },
  };
}

/**
 * Other people's software that the cluster itself rests on. What a pinned chart of `Operators` renders is its authors' as it
 * is: the namespaces that the component declares for it, which are judged, hold it within bounds. The device plugin of
 * `NodePools` talks to its node by a socket that is root's, alone in a namespace without a network (CV-MODEL-05). Any other
 * chart's resources, and any other of these components', are judged like everybody's.
 */
const ofTheCluster = [
  /[:$]apg:operators:Operators\$kubernetes:helm\.sh\/v4:Chart\$/,
  /[:$]apg:foundation:NodePools\$kubernetes:(core\/v1:Namespace|apps\/v1:DaemonSet)::/,
];

function judgeAll<S extends Subject>(
  subjects: readonly S[],
  report: Reporter,
  check: (subject: S, complain: Complain) => Outcome,
): void {
  for (const subject of subjects) {
    if (ofTheCluster.some((chain) => chain.test(subject.resource.urn))) continue;
    let complaints = 0;
    const complain = (message: string) => {
      complaints += 1;
      report.violation(subject.resource, message);
    };
    attempt(report, () => {
      if (check(subject, complain) !== notConcerned && complaints === 0) report.satisfied(subject.resource);
    });
  }
}

/** Runs a check and turns what it could not read into a finding about the resource that holds it. */
export function attempt(report: Reporter, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof Undecidable) report.unknown(error.resource, error.path);
    else if (error instanceof Malformed) {
      const { resource, path, expected } = error;
      report.violation(resource, `${titleOf(resource)} is malformed: ${path} must be ${expected}.`);
    } else throw error;
  }
}
