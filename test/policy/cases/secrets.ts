import type { RuleCases } from "./case.ts";

export const secretsCases: RuleCases[] = [];
