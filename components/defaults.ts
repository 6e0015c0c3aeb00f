import type { DeepReadonly } from "../checklist/thresholds.ts";

/** The arguments with the defaults where nothing, or `undefined`, was given. */
export function withDefaults<A extends object, K extends keyof A>(
  args: A,
  defaults: DeepReadonly<Required<Pick<A, K>>>,
): A & Required<Pick<A, K>> {
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
  return { ...defaults, ...given } as unknown as A & Required<Pick<A, K>>;
}
