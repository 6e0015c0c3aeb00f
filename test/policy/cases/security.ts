import type { RuleCases } from "./case.ts";

export const securityCases: RuleCases[] = [];
