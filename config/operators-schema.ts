// The part of a stack's configuration that is about third-party operators.
import * as z from "zod";
import { isNetwork } from "../components/capability/network-policies.ts";
import { chartNames } from "../components/operators/charts.ts";
import { object, text } from "./values.ts";

const networkAccepted = "a network such as 203.0.113.0/24 is accepted, and never the whole world (CV-KUBE-04)";
const releasesAccepted = `a list of ${chartNames.join(", ")} is accepted (AUD-INFRA-04)`;
const image = text(
  "an image as registry/repository:1.2.3@sha256:<64 hex digits> is accepted (AUD-INFRA-01, CV-IMG-05)",
);
const [first, ...others] = chartNames;

/** Which operators are installed, and from where. */
export const operators = object(
  {
    managed: z.boolean("true or false is accepted (AUD-INFRA-04)").optional(),
    install: z
      .array(
        z.enum([first!, ...others], `one of ${chartNames.join(", ")} is accepted (AUD-INFRA-04)`),
        releasesAccepted,
      )
      .optional(),
    chartFolder: text("a folder of charts, as helm pull writes them, is accepted (AUD-INFRA-04)").optional(),
    images: object(
      { cloudnativePg: image.optional(), barmanSidecar: image.optional(), envoyGateway: image.optional() },
      "CV-IMG-04",
    ).optional(),
    internet: z
      .array(
        text(networkAccepted).refine(isNetwork, { error: networkAccepted }),
        `a list of networks is accepted (CV-KUBE-04)`,
      )
      .optional(),
  },
  "AUD-INFRA-04",
);
