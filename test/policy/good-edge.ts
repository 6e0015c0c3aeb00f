// A stack's edge that obeys every rule.
import type { FixtureResource } from "./resource.ts";

export const goodEdge: readonly FixtureResource[] = [];
