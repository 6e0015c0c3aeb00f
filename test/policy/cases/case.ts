// One change to the good stack, and what the rule says about it.
import type { Change } from "../fixtures.ts";
import type { PlatformPart } from "../good-stack.ts";

export interface GoodCase {
  when: string;
  change: Change;
}

export interface BadCase extends GoodCase {
  /** Logical name of the resource that is blamed. */
  on: string;
  /** The messages, word for word. */
  says: string[];
}

export interface RuleCases {
  rule: string;
  /** A ban has no subject that obeys it. */
  proves?: "nothing";
  /** The good stack that is changed: the application by itself or with its data, or a part of the platform. @default "application" */
  of?: "application" | "data" | PlatformPart;
  /** What passes besides the good stack itself. */
  good?: GoodCase[];
  bad: BadCase[];
}

export const namespace = "apg-audio-processing-test";
export const deployment = `Deployment "${namespace}/api"`;
export const container = `Container "api" of ${deployment}`;
export const podPath = "spec.template.spec";
export const containerPath = `${podPath}.containers.0`;

/** The same stack in production. */
const production: Change = (stack) => {
  for (const { props } of stack) {
    const json = JSON.stringify(props)
      .replaceAll(namespace, "apg-audio-processing-prod")
      .replaceAll('"apg.io/environment":"test"', '"apg.io/environment":"prod"');
    Object.assign(props, JSON.parse(json));
  }
};
export const inProduction: GoodCase = { when: "it is production's", change: production };
