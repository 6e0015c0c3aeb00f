// The part of a stack's configuration that is about security: who is paged, who may break the glass, where images come from
// and who signs them, and what is checked all the time.
import * as z from "zod";
import { count, object, text } from "./values.ts";

const list = (what: string, items: string, entry: z.ZodType<string> = text(`${what} is accepted (${items})`)) =>
  z.array(entry, `a list is accepted, each of which is ${what} (${items})`);
const matching = (pattern: RegExp, what: string, items: string) => {
  const accepted = `${what} is accepted (${items})`;
  return text(accepted).regex(pattern, { error: accepted });
};
const flag = (items: string) => z.boolean(`true or false is accepted (${items})`).optional();

const role = (items: string) =>
  matching(
    /^arn:aws:iam::\d{12}:role\/.+$/,
    "the ARN of a role such as arn:aws:iam::123456789012:role/deployer",
    items,
  );
const roles = (items: string) => list("the ARN of a role", items, role(items));
const registry = (items: string) =>
  matching(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]*[a-z0-9])?$/,
    "a registry such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com, with a folder or without, and no *",
    items,
  );

const notify = object(
  {
    emails: list(
      "an e-mail address",
      "AUD-SOP-06",
      matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an e-mail address", "AUD-SOP-06"),
    ).optional(),
    endpoints: list(
      "an https URL",
      "AUD-ALERT-06",
      matching(/^https:\/\/\S+$/, "an https URL", "AUD-ALERT-06"),
    ).optional(),
    phones: list(
      "a telephone number",
      "CV-ALERT-05",
      matching(/^\+[1-9]\d{6,14}$/, "a telephone number as +491701234567, in quotes,", "CV-ALERT-05"),
    ).optional(),
  },
  "AUD-SOP-06, CV-NET-08",
).refine(({ emails = [], endpoints = [], phones = [] }) => emails.length + endpoints.length + phones.length > 0, {
  error: "at least one e-mail address, pager or telephone is needed (AUD-SOP-06, CV-NET-08)",
});

const images = object(
  {
    repositories: list(
      "the name of a repository",
      "AUD-INFRA-01",
      matching(
        /^[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
        "a name such as apg/audio-processing-api",
        "AUD-INFRA-01",
      ),
    ).min(1, "at least one is needed (AUD-INFRA-01)"),
    pullers: roles("CV-IMG-04").min(1, "at least one role is needed, the nodes' (CV-IMG-04)"),
    publishers: roles("CV-IMG-04").optional(),
  },
  "AUD-INFRA-01, CV-IMG-04",
);

const signer = object(
  {
    issuer: matching(/^https:\/\/\S+$/, "an https URL", "CV-IMG-06").optional(),
    subject: matching(
      /^[^\s*]+$/,
      "the identity of one workflow, such as https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main,",
      "CV-IMG-06",
    ),
  },
  "CV-IMG-06",
);

const signing = object(
  {
    signers: z.array(signer, "a list of who signs is accepted (CV-IMG-06)").optional(),
    kmsKey: matching(/^awskms:\/\/\S+$/, "a key as awskms:///arn:aws:kms:...", "CV-IMG-06").optional(),
    publicKey: text("a public key in PEM is accepted (CV-IMG-06)").optional(),
    fulcioUrl: matching(/^https:\/\/\S+$/, "an https URL", "CV-IMG-06").optional(),
  },
  "CV-IMG-06",
).refine(
  ({ signers = [], kmsKey, publicKey }) => signers.length > 0 || kmsKey !== undefined || publicKey !== undefined,
  { error: "who signs is needed, or a key (CV-IMG-06)" },
);

/** What a stack says of its security. */
export const security = object(
  {
    notify: notify.optional(),
    breakGlass: object(
      {
        principals: list(
          "the ARN of a user",
          "CV-SECRET-08",
          matching(
            /^arn:aws:iam::\d{12}:user\/[^*?]+$/,
            "the ARN of one user such as arn:aws:iam::123456789012:user/jane, as a role's session carries no MFA,",
            "CV-SECRET-08",
          ),
        ).min(1, "at least one user is needed, or there would be no way in (CV-SECRET-08)"),
      },
      "CV-SECRET-08",
    ).optional(),
    secretReaders: roles("CV-SECRET-05").optional(),
    registries: list("a registry", "CV-IMG-04", registry("CV-IMG-04"))
      .min(1, "at least one is needed, or no pod could run (CV-IMG-04)")
      .optional(),
    images: images.optional(),
    signing: signing.optional(),
    mesh: flag("CV-NET-05"),
    admission: object(
      {
        hostAccess: flag("AUD-SEC-02"),
        images: flag("CV-IMG-04"),
        resources: flag("AUD-PROD-03"),
        services: flag("CV-MAN-02"),
        tokens: flag("AUD-SEC-05"),
      },
      "CV-AUDIT-03",
    ).optional(),
    compliance: object(
      {
        accountWide: flag("CV-AUDIT-02"),
        configRoleExists: flag("CV-AUDIT-02"),
        auditRetentionYears: count({ min: 1, max: 100 }, "AUD-SEC-08, CV-LOG-07").optional(),
      },
      "CV-AUDIT-02",
    ).optional(),
    deletionProtection: flag("AUD-SEC-08"),
  },
  "AUD-SEC-08",
);
