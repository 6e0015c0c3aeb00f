import assert from "node:assert/strict";
import { loadCatalogue } from "../../checklist/catalogue.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { container, containerPath, deployment, namespace, podPath } from "./cases/case.ts";
import {
  add,
  all,
  drop,
  find,
  retype,
  secretOf,
  set,
  stackWith,
  unknownList,
  unknownObject,
  unknownText,
  unset,
} from "./fixtures.ts";
import { resource } from "./good-stack.ts";
import type { Change } from "./fixtures.ts";
import type { Json } from "./good-stack.ts";
import { Pack } from "./harness.ts";

const mandatory = 1;

describe("the policy pack", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());

  const complaintsOf = async (rule: string, change: Change) =>
    (await pack.analyze(stackWith(change))).filter(({ policy }) => policy === rule);
  const messagesOf = async (rule: string, change: Change) =>
    (await complaintsOf(rule, change)).map(({ message }) => message);

  it("offers every rule as a mandatory policy", async () => {
    const offered = (await pack.policies()).map(({ name, description, level }) => ({ name, description, level }));
    const expected = allRules.map(({ name, description }) => ({ name, description, level: mandatory }));
    assert.deepEqual(offered, expected);
  });

  it("offers the settings of the rules to Pulumi's policy config", async () => {
    const offered = (await pack.policies()).filter(({ settings }) => settings.length > 0);
    assert.deepEqual(Object.fromEntries(offered.map(({ name, settings }) => [name, settings])), {
      "the-cluster-refuses-unsafe-pods": ["acceptReferencedFoundation"],
      "images-are-pinned": ["requireDigest"],
      "network-rules-name-their-peers": ["allowed"],
      "roles-have-no-wildcards": ["allowed"],
      "nobody-is-cluster-admin": ["allowed"],
      "services-are-internal": ["allowed"],
      "application-namespaces-are-in-the-mesh": ["acceptNone"],
      "database-images-are-pinned": ["requireDigest", "requireMinor"],
      "postgres-is-new-enough": ["minMajor"],
      "postgres-encrypts-its-archive": ["acceptUnencrypted"],
      "pods-hold-no-cloud-keys": ["acceptStoredKeys"],
      "namespaces-with-data-are-backed-up-daily": ["acceptNone"],
      "applications-wait-for-their-release-backup": ["acceptDatabaseAlone"],
      "secrets-are-not-the-programs": ["acceptDeclared"],
      "pods-take-secrets-from-the-store": ["acceptOthers"],
      "database-addresses-name-the-pooler": ["acceptDeclared"],
      "cache-addresses-use-tls": ["acceptDeclared"],
      "secrets-rotate": ["acceptKeysOfOthers"],
      "clusters-are-administered-by-a-vpn": ["acceptNone"],
      "clusters-run-a-supported-version": ["today"],
      "keys-are-managed-by-others-than-their-users": ["allowed"],
      "trails-are-locked-away": ["minDays"],
      "images-of-repositories-must-be-signed": ["acceptNone"],
    });
  });

  describe("settings", () => {
    afterEach(async () => {
      await pack.configureStack({});
      await pack.configure({});
    });

    const undigested = set("deployment", `${containerPath}.image`, "api:1.4.2");

    it("are strict where the stack says nothing", async () => {
      assert.equal((await messagesOf("images-are-pinned", undigested)).length, 1);
    });

    it("are strict in production", async () => {
      await pack.configureStack({ "apg:environment": "prod" });
      assert.equal((await messagesOf("images-are-pinned", undigested)).length, 1);
    });

    it("are relaxed in the sandbox, by what the stack's config says", async () => {
      await pack.configureStack({ "apg:environment": "sandbox" });
      assert.deepEqual(await messagesOf("images-are-pinned", undigested), []);
      assert.deepEqual(
        await messagesOf("images-are-pinned", set("deployment", `${containerPath}.image`, "api:latest")),
        [`${container} uses the image api:latest: name it repository:1.2.3, with a semantic version.`],
      );
    });

    it("accept the admission policy in another stack, where the config says that the foundation is there", async () => {
      const unguarded = drop("admission");
      const says = async (foundation: object) => {
        await pack.configureStack({ "apg:foundation": JSON.stringify(foundation) });
        return (await messagesOf("the-cluster-refuses-unsafe-pods", unguarded)).length;
      };
      assert.equal(await says({ cluster: { context: "prod" } }), 1);
      assert.equal(await says({ stack: "organization/apg-platform/platform" }), 0);
    });

    it("of the user win over those of the environment", async () => {
      await pack.configureStack({ "apg:environment": "sandbox" });
      await pack.configure({ "images-are-pinned": { requireDigest: true } });
      assert.equal((await messagesOf("images-are-pinned", undigested)).length, 1);
    });

    it("name what is allowed", async () => {
      const open = set("edge", "spec.ingress.0.from", []);
      await pack.configure({ "network-rules-name-their-peers": { allowed: [`${namespace}/from-vision`] } });
      assert.deepEqual(await messagesOf("network-rules-name-their-peers", open), []);
      const loadBalancer = set("service", "spec.type", "LoadBalancer");
      await pack.configure({ "services-are-internal": { allowed: [`${namespace}/api`] } });
      assert.deepEqual(await messagesOf("services-are-internal", loadBalancer), []);
    });
  });

  describe("a value that is not known at preview", () => {
    const cannotBeDecided = (who: string, path: string) =>
      `${who} cannot be decided at preview: ${path} is unknown; make it known, by a value from config or from an output that the provider gives at preview.`;

    const cases: [rule: string, change: Change, on: string, message: string][] = [
      [
        "images-are-pinned",
        set("deployment", `${containerPath}.image`, unknownText),
        "deployment",
        cannotBeDecided(deployment, "spec.template.spec.containers[0].image"),
      ],
      [
        "pods-run-as-non-root",
        set("deployment", podPath, unknownObject),
        "deployment",
        cannotBeDecided(deployment, "spec.template.spec"),
      ],
      [
        "autoscalers-keep-the-replica-bounds",
        set("autoscaler", "spec.maxReplicas", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"),
        "autoscaler",
        cannotBeDecided(`HorizontalPodAutoscaler "${namespace}/api"`, "spec.maxReplicas"),
      ],
      [
        "workloads-have-one-disruption-budget",
        set("budget", "metadata.namespace", unknownText),
        "budget",
        cannotBeDecided(`PodDisruptionBudget "api"`, "metadata.namespace"),
      ],
      [
        "applications-log-json",
        set("settings", "data", unknownObject),
        "settings",
        cannotBeDecided(`ConfigMap "${namespace}/api-settings-0123456789"`, "data"),
      ],
      [
        "charts-are-rendered",
        add(resource("helm.sh/v3:ReleaseList", "releases", { items: unknownList })),
        "releases",
        cannotBeDecided(`ReleaseList "releases"`, "items"),
      ],
    ];

    for (const [policy, change, on, message] of cases) {
      it(`is refused by ${policy}, never waved through`, async () => {
        assert.deepEqual(await complaintsOf(policy, change), [{ policy, level: "mandatory", message, resource: on }]);
      });
    }

    it("never makes advice of a rule, wherever it is", async () => {
      const everywhere: Change = (stack) => {
        for (const each of stack) each.props = { metadata: unknownObject, spec: unknownObject, data: unknownObject };
      };
      const levels = new Set((await pack.analyze(stackWith(everywhere))).map(({ level }) => level));
      assert.deepEqual([...levels], ["mandatory"]);
    });

    it("does not matter where no rule looks", async () => {
      const address = set("service", "status", { loadBalancer: unknownObject });
      assert.deepEqual(await pack.analyze(stackWith(address)), []);
    });
  });

  it("never repeats a secret or the value of a setting", async () => {
    const hidden = "correct-horse-battery-staple";
    const leaky: Change = (stack) => {
      set("deployment", `${containerPath}.env`, [
        { name: "DB_PASSWORD", value: hidden },
        { name: "BROKER", value: `amqp://user:${hidden}@queue` },
        { name: "LOG_LEVEL", value: hidden },
        { name: "WEB_WORKERS", value: secretOf(hidden) },
      ])(stack);
      set("deployment", `${containerPath}.args`, [`--url=https://user:${hidden}@host`])(stack);
      set("deployment", `${containerPath}.image`, secretOf(hidden))(stack);
      set("settings", "data.API_TOKEN", hidden)(stack);
      set("settings", "data.ACCESS_LOG", hidden)(stack);
      set("flags", "data", secretOf({ "flags.yaml": hidden }))(stack);
    };
    const said = await pack.analyze(stackWith(leaky));
    assert.ok(said.length > 5);
    assert.equal(JSON.stringify(said).includes(hidden), false);
  });

  it("judges what the program said, not what the API server filled in", async () => {
    const stack = stackWith();
    const found = find(stack, "deployment");
    found.outputs = { ...structuredClone(found.props), status: { replicas: 1 } };
    (found.outputs.spec as Json).replicas = 1;
    assert.deepEqual(await pack.analyze(stack), []);
  });

  it("judges the outputs of a resource that this run leaves alone", async () => {
    const stack = stackWith();
    const budget = find(stack, "budget");
    const others = stack.filter((each) => each !== budget);
    assert.deepEqual(await pack.analyze(others, [budget]), []);
    const without = (await pack.analyze(others)).map(({ policy }) => policy);
    assert.deepEqual(without, ["workloads-have-one-disruption-budget"]);
  });

  describe("pods", () => {
    const privileged = { containers: [{ name: "x", securityContext: { privileged: true } }] };
    const template = { metadata: {}, spec: privileged };
    const job = { template };
    const kinds: [type: string, kind: string, props: Json][] = [
      ["core/v1:Pod", "Pod", { spec: privileged }],
      ["core/v1:PodTemplate", "PodTemplate", { template }],
      ["core/v1:ReplicationController", "ReplicationController", { spec: { template } }],
      ["apps/v1:Deployment", "Deployment", { spec: { template } }],
      ["apps/v1beta2:Deployment", "Deployment", { spec: { template } }],
      ["extensions/v1beta1:DaemonSet", "DaemonSet", { spec: { template } }],
      ["apps/v1:ReplicaSet", "ReplicaSet", { spec: { template } }],
      ["apps/v1:StatefulSet", "StatefulSet", { spec: { template } }],
      ["apps/v1:DaemonSet", "DaemonSet", { spec: { template } }],
      ["batch/v1:Job", "Job", { spec: job }],
      ["batch/v1:CronJob", "CronJob", { spec: { jobTemplate: { spec: job } } }],
      ["apps/v1:DeploymentPatch", "Deployment", { spec: { template } }],
      ["batch/v1:CronJobList", "CronJob", { items: [{ spec: { jobTemplate: { spec: job } } }] }],
    ];

    for (const [type, kind, props] of kinds) {
      it(`are found in ${type}`, async () => {
        const found = await messagesOf("pods-stay-off-the-host", add(resource(type, "odd", props)));
        assert.deepEqual(found, [`Container "x" of ${kind} "odd" is privileged: remove securityContext.privileged.`]);
      });
    }

    it("are not looked for in other groups' kinds of the same name", async () => {
      const service = resource("serving.knative.dev/v1:Service", "odd", { spec: { type: "LoadBalancer" } });
      assert.deepEqual(await pack.analyze(stackWith(add(service))), []);
    });

    it("of a Patch that leaves the template alone are not judged", async () => {
      const patch = all(
        drop("deployment"),
        drop("autoscaler"),
        drop("budget"),
        add(
          resource("apps/v1:DeploymentPatch", "patch", {
            metadata: { name: "other", namespace },
            spec: { paused: true },
          }),
        ),
      );
      assert.deepEqual(await messagesOf("pods-run-as-non-root", patch), []);
    });

    it("of a Patch of a template are held to the whole", async () => {
      const patched = all(
        retype("deployment", "apps/v1:DeploymentPatch"),
        unset("deployment", `${podPath}.securityContext`),
      );
      assert.deepEqual(await messagesOf("pods-run-as-non-root", patched), [
        `${container} may run as root: set securityContext.runAsNonRoot to true on it or on the pod.`,
      ]);
    });
  });
});

describe("the rules' headings", () => {
  const items = new Map(loadCatalogue().map((item) => [item.id, item]));

  it("have unique names in kebab case", () => {
    const names = allRules.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
    assert.deepEqual(
      names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name)),
      [],
    );
  });

  it("name items of the catalogue only, and only ones with a plan part", () => {
    const named = allRules.flatMap(({ decides, contributesTo = [] }) => [...decides, ...contributesTo]);
    assert.deepEqual(
      named.filter((id) => !items.get(id)?.check.includes("plan:")),
      [],
    );
  });

  it("do not both decide an item and merely contribute to it", () => {
    const decided = new Set(allRules.flatMap(({ decides }) => decides));
    assert.deepEqual(
      allRules.flatMap(({ contributesTo = [] }) => contributesTo).filter((id) => decided.has(id)),
      [],
    );
  });

  it("name at least one item each", () => {
    const idle = allRules.filter(({ decides, contributesTo = [] }) => decides.length + contributesTo.length === 0);
    assert.deepEqual(
      idle.map(({ name }) => name),
      [],
    );
  });

  it("end in a full stop", () => {
    const loose = allRules.filter(({ description, fix }) => !description.endsWith(".") || !fix.endsWith("."));
    assert.deepEqual(
      loose.map(({ name }) => name),
      [],
    );
  });
});
