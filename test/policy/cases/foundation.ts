import type { RuleCases } from "./case.ts";

export const foundationCases: RuleCases[] = [];
