// A stack's security that obeys every rule.
import type { FixtureResource } from "./resource.ts";

export const goodSecurity: readonly FixtureResource[] = [];
