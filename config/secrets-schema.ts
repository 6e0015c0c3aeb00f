// The part of a stack's configuration that is about secrets: who reads and writes them, what rotates, and the keys of other
// services, of which config has the names alone.
import * as z from "zod";
import { thresholds } from "../checklist/thresholds.ts";
import { count, dnsLabel, object, text } from "./values.ts";

const { maxCredentialDays, maxRefreshMinutes } = thresholds.secrets;

const roleAccepted = "the ARN of a role such as arn:aws:iam::123456789012:role/deploy is accepted (CV-SECRET-03)";
const role = text(roleAccepted).regex(/^arn:aws:iam::\d{12}:role\/.+$/, { error: roleAccepted });

/** A key of another service, which people put into the store. */
const thirdPartyKey = object(
  {
    name: dnsLabel("CV-ENV-04"),
    /** Name of the capability that uses it. */
    capability: dnsLabel("CV-ENV-04"),
    critical: z.boolean("true or false is accepted (CV-SECRET-06)").optional(),
  },
  "CV-ENV-04",
);
const keysAccepted = "a list of other services, each with name and capability, is accepted (CV-ENV-04)";

/** How secrets are kept in AWS Secrets Manager. */
export const secrets = object(
  {
    writers: z
      .array(role, "a list of at least one ARN of a role is accepted (CV-SECRET-03)")
      .min(1, "a list of at least one ARN of a role is accepted (CV-SECRET-03)"),
    rotation: z.boolean("true or false is accepted (CV-SECRET-02)").optional(),
    credentialDays: count({ min: 1, max: maxCredentialDays }, "CV-SECRET-02").optional(),
    refreshMinutes: count({ min: 1, max: maxRefreshMinutes }, "CV-SECRET-02").optional(),
    thirdParty: z
      .array(thirdPartyKey, keysAccepted)
      .refine(namedOnce, { error: "each service may be named once for a capability (CV-ENV-04)" })
      .optional(),
  },
  "CV-SECRET-07",
);

function namedOnce(keys: readonly { name: string; capability: string }[]): boolean {
  const places = keys.map(({ name, capability }) => `${capability}/${name}`);
  return new Set(places).size === places.length;
}
