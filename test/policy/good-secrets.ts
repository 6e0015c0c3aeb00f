// A stack's secrets that obeys every rule.
import type { FixtureResource } from "./resource.ts";

export const goodSecrets: readonly FixtureResource[] = [];
