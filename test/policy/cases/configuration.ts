import { all, set, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { deployment, inProduction, namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";

export const configurationCases: RuleCases[] = [
  {
    rule: "configuration-is-versioned",
    good: [{ when: "the hash is kustomize's", change: renamed("settings", "api-settings-2m8bf9k4ht") }],
    bad: [
      {
        when: "a ConfigMap may change",
        change: unset("settings", "immutable"),
        on: "deployment",
        says: [
          `ConfigMap "${namespace}/api-settings-0123456789" of ${deployment} may change under running pods: set immutable to true.`,
        ],
      },
      {
        when: "its name stays the same",
        change: renamed("settings", "api-settings"),
        on: "deployment",
        says: [
          `ConfigMap "${namespace}/api-settings" of ${deployment} has no version: end its name with a hash of its content.`,
        ],
      },
      {
        when: "there is none",
        change: set("deployment", "spec.template.spec.containers.0.envFrom", []),
        on: "deployment",
        says: [`${deployment} has no configuration outside its image: give it envFrom or a volume of a ConfigMap.`],
      },
    ],
  },
  {
    rule: "production-names-no-other-environment",
    good: [inProduction],
    bad: [
      {
        when: "a host is staging's",
        change: all(inProduction.change, set("settings", "data.SEARCH_HOST", "search.staging.internal")),
        on: "deployment",
        says: [
          `ConfigMap "apg-audio-processing-prod/api-settings-0123456789" of Deployment "apg-audio-processing-prod/api" names staging under SEARCH_HOST: use production's own value.`,
        ],
      },
    ],
  },
  {
    rule: "feature-flags-are-owned",
    good: [{ when: "there are none", change: set("flags", ["data", "flags.yaml"], "[]") }],
    bad: [
      {
        when: "a flag has outlived itself",
        change: set(
          "flags",
          ["data", "flags.yaml"],
          "- { name: a, default: true, owner: audio, removeBy: 2020-01-31 }",
        ),
        on: "flags",
        says: [
          `The flag a of ConfigMap "${namespace}/api-feature-flags-0123456789" was to be removed by 2020-01-31: remove it, or decide anew.`,
        ],
      },
      {
        when: "a flag says nothing",
        change: set("flags", ["data", "flags.yaml"], "- {}"),
        on: "flags",
        says: [
          "has no name: give it one",
          "has no default: state one",
          "has no owner: name who removes it",
          "has no day of removal: set removeBy to YYYY-MM-DD",
        ].map((what) => `The flag number 1 of ConfigMap "${namespace}/api-feature-flags-0123456789" ${what}.`),
      },
      {
        when: "the file is no list",
        change: set("flags", ["data", "flags.yaml"], "{ a: ["),
        on: "flags",
        says: [
          `ConfigMap "${namespace}/api-feature-flags-0123456789" has no list of flags in flags.yaml: write one entry for each flag.`,
        ],
      },
    ],
  },
];

/** A ConfigMap under another name, where the Deployment finds it. */
function renamed(name: string, as: string): Change {
  return all(
    set(name, "metadata.name", as),
    set("deployment", "spec.template.spec.containers.0.envFrom.0.configMapRef.name", as),
  );
}
