import type { RuleCases } from "./case.ts";

export const edgeCases: RuleCases[] = [];
