// A stack's foundation that obeys every rule.
import type { FixtureResource } from "./resource.ts";

export const goodFoundation: readonly FixtureResource[] = [];
