import { add, all, drop, secretOf, set, unset } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import type { Change } from "../fixtures.ts";
import { container, containerPath, deployment, namespace } from "./case.ts";
import type { BadCase, RuleCases } from "./case.ts";

const edge = `NetworkPolicy "${namespace}/from-vision"`;
const role = `Role "${namespace}/operators"`;
const binding = `RoleBinding "${namespace}/operators"`;
const configMap = `ConfigMap "${namespace}/api-settings-0123456789"`;

const peer = (value: Parameters<typeof set>[2]): Change => set("edge", "spec.ingress.0.from", [value]);
const clusterBinding = (name: string, roleName: string, subject: Record<string, string>): Change =>
  add(
    resource("rbac.authorization.k8s.io/v1:ClusterRoleBinding", "cluster-binding", {
      metadata: { name },
      roleRef: { kind: "ClusterRole", name: roleName },
      subjects: [subject],
    }),
  );

const pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

function variable(name: string, value: string, what: string): BadCase {
  return {
    when: `${name} holds ${what}`,
    change: set("deployment", `${containerPath}.env.1`, { name, value }),
    on: "deployment",
    says: [`${container} has ${what} in the variable ${name}: use valueFrom.secretKeyRef.`],
  };
}

export const accessCases: RuleCases[] = [
  {
    rule: "namespaces-deny-traffic-by-default",
    good: [
      {
        when: "one policy a direction does it",
        change: all(
          set("deny", "spec.policyTypes", ["Ingress"]),
          add(
            resource("networking.k8s.io/v1:NetworkPolicy", "deny-egress", {
              metadata: { name: "deny-egress", namespace },
              spec: { podSelector: { matchLabels: {} }, policyTypes: ["Egress"], egress: [] },
            }),
          ),
        ),
      },
    ],
    bad: [
      {
        when: "only one direction is denied",
        change: set("deny", "spec.policyTypes", ["Ingress"]),
        on: "namespace",
        says: [
          `Namespace "${namespace}" does not deny egress by default: declare a NetworkPolicy with an empty podSelector and the policyType Egress, and no egress rules.`,
        ],
      },
      {
        when: "the policy is for some pods",
        change: set("deny", "spec.podSelector", { matchLabels: { app: "api" } }),
        on: "namespace",
        says: ["ingress", "egress"].map(
          (direction) =>
            `Namespace "${namespace}" does not deny ${direction} by default: declare a NetworkPolicy with an empty podSelector and the policyType ${direction === "ingress" ? "Ingress" : "Egress"}, and no ${direction} rules.`,
        ),
      },
      {
        when: "a namespace with workloads is no capability's",
        change: all(
          add(resource("core/v1:Pod", "stray", { metadata: { name: "stray", namespace: "tools" }, spec: {} })),
          set("deny", "spec.podSelector", {}),
        ),
        on: "stray",
        says: ["ingress", "egress"].map(
          (direction) =>
            `Namespace "tools" does not deny ${direction} by default: declare a NetworkPolicy with an empty podSelector and the policyType ${direction === "ingress" ? "Ingress" : "Egress"}, and no ${direction} rules.`,
        ),
      },
    ],
  },
  {
    rule: "network-rules-name-their-peers",
    good: [
      { when: "the peer is a narrow block", change: peer({ ipBlock: { cidr: "10.20.0.0/16" } }) },
      { when: "the peer is a namespace", change: peer({ namespaceSelector: { matchLabels: { name: "vision" } } }) },
    ],
    bad: [
      {
        when: "a rule names nobody",
        change: unset("edge", "spec.ingress.0.from"),
        on: "edge",
        says: [`${edge} allows ingress from everybody: name the peers of the ingress rule in from.`],
      },
      {
        when: "an egress rule names nobody",
        change: set("edge", "spec.egress", [{}]),
        on: "edge",
        says: [`${edge} allows egress to everybody: name the peers of the egress rule in to.`],
      },
      ...(
        [
          ["every pod of the namespace", { podSelector: {} }],
          ["every pod of the cluster", { namespaceSelector: {} }],
          ["the addresses 0.0.0.0/0", { ipBlock: { cidr: "0.0.0.0/0" } }],
          ["the addresses 128.0.0.0/1", { ipBlock: { cidr: "128.0.0.0/1" } }],
          ["the addresses ::/0", { ipBlock: { cidr: "::/0" } }],
          ["the addresses of no block", { ipBlock: {} }],
        ] as const
      ).map(([who, value]) => ({
        when: `the peer is ${who}`,
        change: peer(value as Parameters<typeof set>[2]),
        on: "edge",
        says: [`${edge} allows ingress from ${who}: name the peers by labels or a narrower block.`],
      })),
    ],
  },
  {
    rule: "roles-have-no-wildcards",
    bad: ["verbs", "resources", "apiGroups"].map((key) => ({
      when: `${key} hold one`,
      change: set("role", `rules.0.${key}`, ["*"]),
      on: "role",
      says: [`${role} has * in ${key}: name what is needed instead.`],
    })),
  },
  {
    rule: "roles-read-secrets-by-name",
    good: [
      {
        when: "it gets one secret",
        change: set("role", "rules.0", {
          apiGroups: [""],
          resources: ["secrets"],
          resourceNames: ["tls"],
          verbs: ["get"],
        }),
      },
    ],
    bad: [
      {
        when: "it lists all of them",
        change: set("role", "rules.0.resources", ["pods", "secrets"]),
        on: "role",
        says: [
          `${role} may list secrets: remove these verbs.`,
          `${role} may use every secret: name the secrets in resourceNames.`,
        ],
      },
    ],
  },
  {
    rule: "nobody-is-cluster-admin",
    bad: [
      {
        when: "a group is",
        change: clusterBinding("admins", "cluster-admin", { kind: "Group", name: "admins" }),
        on: "cluster-binding",
        says: [
          `ClusterRoleBinding "admins" makes its subjects cluster administrators: bind a role with the rules they need.`,
        ],
      },
      {
        when: "a group is in its namespace",
        change: set("binding", "roleRef.name", "cluster-admin"),
        on: "binding",
        says: [`${binding} makes its subjects cluster administrators: bind a role with the rules they need.`],
      },
      {
        when: "the subject is the group of all power",
        change: set("binding", "subjects.0.name", "system:masters"),
        on: "binding",
        says: [`${binding} names the group system:masters: remove it from the subjects.`],
      },
    ],
  },
  {
    rule: "tenants-keep-to-their-namespace",
    good: [
      {
        when: "the platform's own team looks everywhere",
        change: clusterBinding("viewers", "view", { kind: "Group", name: "apg:platform:viewers" }),
      },
    ],
    bad: [
      {
        when: "another capability's group is let in",
        change: set("binding", "subjects.0.name", "apg:computer-vision:operators"),
        on: "binding",
        says: [
          `${binding} gives apg:computer-vision:operators of computer-vision permissions in ${namespace}: remove it from the subjects.`,
        ],
      },
      {
        when: "another capability's account is let in",
        change: set("binding", "subjects.0", {
          kind: "ServiceAccount",
          name: "api",
          namespace: "apg-computer-vision-test",
        }),
        on: "binding",
        says: [`${binding} gives api of computer-vision permissions in ${namespace}: remove it from the subjects.`],
      },
      {
        when: "a group has permissions in the cluster",
        change: clusterBinding("ops", "view", { kind: "Group", name: "apg:audio-processing:operators" }),
        on: "cluster-binding",
        says: [
          `ClusterRoleBinding "ops" gives apg:audio-processing:operators of audio-processing permissions in the whole cluster: use a RoleBinding.`,
        ],
      },
      {
        when: "the subject is everybody",
        change: set("binding", "subjects.0.name", "system:authenticated"),
        on: "binding",
        says: [
          `${binding} gives permissions to system:authenticated, which is everybody: name a group of people instead.`,
        ],
      },
    ],
  },
  {
    rule: "secrets-are-not-in-plain-text",
    good: [
      {
        when: "names and values only look like secrets",
        change: set("deployment", `${containerPath}.env`, [
          { name: "CACHE_KEY", value: "user" },
          { name: "TOKEN_TTL_SECONDS", value: "60" },
          { name: "USE_TOKEN", value: "true" },
          { name: "DB_HOST", value: "db.internal:5432" },
          { name: "QUEUE", value: "amqp://worker:$(QUEUE_PASSWORD)@queue:5672" },
          { name: "API_TOKEN", value: "$(OTHER)" },
          { name: "PASSWORD", value: "" },
        ]),
      },
    ],
    bad: [
      variable("DB_PASSWORD", "hunter2", "what its name calls a secret"),
      variable("stripeApiKey", "abc", "what its name calls a secret"),
      variable("DATABASE_URL", "postgres://db/audio", "what its name calls a secret"),
      variable("KEYFILE", pem, "a private key"),
      variable("WHATEVER", "AKIAIOSFODNN7EXAMPLE", "an AWS access key"),
      variable("SESSION", `Bearer ${jwt}`, "a JSON web token"),
      variable("BROKER", "amqp://user:pa55@queue:5672", "a URL with credentials"),
      variable("CI", `ghp_${"a".repeat(36)}`, "a GitHub token"),
      {
        when: "an argument is a secret",
        change: set("deployment", `${containerPath}.args`, ["--dsn=postgres://user:pa55@db/audio"]),
        on: "deployment",
        says: [`${container} has a secret in its args: pass it in a variable with valueFrom.secretKeyRef.`],
      },
      {
        when: "an annotation is a secret",
        change: set("deployment", ["spec", "template", "metadata", "annotations", "note"], jwt),
        on: "deployment",
        says: [`The pod of ${deployment} has a JSON web token in the annotation note: remove it.`],
      },
      {
        when: "a ConfigMap holds one",
        change: set("settings", ["data", "tls.key"], pem),
        on: "settings",
        says: [`${configMap} has a private key under tls.key: move it to a Secret.`],
      },
      {
        when: "a ConfigMap holds one in base64",
        change: set("settings", "binaryData", { bundle: Buffer.from(pem).toString("base64") }),
        on: "settings",
        says: [`${configMap} has a private key under bundle: move it to a Secret.`],
      },
      {
        when: "a secret of the program is put into a variable",
        change: set("deployment", `${containerPath}.env.1`, { name: "GREETING", value: secretOf("hello") }),
        on: "deployment",
        says: [`${container} has a secret of the program in the variable GREETING: use valueFrom.secretKeyRef.`],
      },
      {
        when: "a whole ConfigMap is a secret of the program",
        change: all(drop("flags"), set("settings", "data", secretOf({ GREETING: "hello" }))),
        on: "settings",
        says: [`${configMap} holds a secret as a whole: make it a Secret.`],
      },
    ],
  },
];
