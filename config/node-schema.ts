// Which nodes pods run on.
import * as z from "zod";
import { taintKey, taintValue } from "../checklist/label-syntax.ts";
import { taintEffects } from "../components/index.ts";
import { nodeLabels, object, syntax } from "./values.ts";

const toleration = object(
  {
    key: syntax(taintKey, "CV-SCALE-04"),
    value: syntax(taintValue, "CV-SCALE-04").optional(),
    effect: z.enum(taintEffects, `one of ${taintEffects.join(", ")} is accepted (CV-SCALE-04)`).optional(),
  },
  "CV-SCALE-04",
);

export const nodeAffinity = object(
  { required: nodeLabels.optional(), preferred: nodeLabels.optional() },
  "CV-SCALE-04",
).optional();

export const tolerations = z.array(toleration, "a list of tolerations is accepted (CV-SCALE-04)").optional();
