import { Parts } from "../parts.ts";
import type { GivenRedis } from "./args.ts";
import * as names from "./names.ts";

/** What all parts of a group have in common. */
export class Group extends Parts<GivenRedis> {
  count(component: names.Component): number {
    return component === names.redis ? this.args.replicas : this.args.sentinels;
  }

  podNames(component: names.Component): string[] {
    return names.podNames(component, this.count(component));
  }
}
