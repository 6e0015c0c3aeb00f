import assert from "node:assert/strict";
import { scopeOf } from "../../checklist/scope.ts";
import {
  assess,
  audio,
  both,
  deployment,
  found,
  item,
  namespace,
  resource,
  rule,
  vision,
} from "./readiness-fixtures.ts";
import type { ScopedStack } from "../../checklist/scope.ts";
import type { PlannedResource } from "../../policy-pack/lib/rule.ts";

/** The statuses of one audio and one vision item that one rule decides. */
function statusesOf(stacks: ScopedStack[], obeying: PlannedResource[], breaking: PlannedResource[] = []) {
  const readiness = assess({
    in: stacks,
    items: [item("AUD-X-01", "plan: x"), item("CV-X-01", "plan: x")],
    rules: [rule("r", ["AUD-X-01", "CV-X-01"])],
    ruleResults: [
      found("r", {
        satisfied: obeying.map(({ urn }) => urn),
        violations: breaking.map(({ urn, name }) => ({ urn, message: `${name} is weak.` })),
      }),
    ],
  });
  return {
    audio: readiness.items[0]!.status,
    vision: readiness.items[1]!.status,
    reasons: readiness.items.map(({ decisions }) => decisions[0]!.reason),
  };
}

const stack = (name: string, ...resources: PlannedResource[]): ScopedStack => ({ name, resources });
const priority = resource("kubernetes:scheduling.k8s.io/v1:PriorityClass", "apg-capability");

describe("a proof", () => {
  it("counts for the capability that its namespace belongs to, and for no other", () => {
    const { audio: heard, vision: seen, reasons } = statusesOf([both], [audio]);
    assert.deepEqual([heard, seen], ["satisfied", "violated"]);
    assert.equal(reasons[1], "Nothing in the stack satisfies it: no resource for r to look at.");
  });

  it("says nothing about a capability that the stack does not deploy", () => {
    const {
      audio: heard,
      vision: seen,
      reasons,
    } = statusesOf([stack("prod", namespace("audio-processing"), audio)], [audio]);
    assert.deepEqual([heard, seen], ["satisfied", "violated"]);
    assert.equal(
      reasons[1],
      "No stack here deploys computer-vision: no Namespace has the label apg.io/capability: computer-vision.",
    );
  });

  it("counts for every deployed capability when it is cluster-scoped", () => {
    const { audio: heard, vision: seen } = statusesOf([stack("prod", ...both.resources, priority)], [priority]);
    assert.deepEqual([heard, seen], ["satisfied", "satisfied"]);
  });

  it("counts for no capability that is not deployed, though it is cluster-scoped", () => {
    const { audio: heard, vision: seen } = statusesOf(
      [stack("prod", namespace("audio-processing"), priority)],
      [priority],
    );
    assert.deepEqual([heard, seen], ["satisfied", "violated"]);
    assert.equal(statusesOf([stack("prod", priority)], [priority]).audio, "violated");
  });

  it("counts for every deployed capability when no capability owns it", () => {
    const shared = deployment("redis", "data");
    const { audio: heard, vision: seen } = statusesOf([stack("prod", ...both.resources, shared)], [shared]);
    assert.deepEqual([heard, seen], ["satisfied", "satisfied"]);
  });

  it("belongs to its own label where its namespace has none", () => {
    const labelled = deployment("redis", "data", { "apg.io/capability": "computer-vision" });
    const { audio: heard, vision: seen } = statusesOf([stack("prod", ...both.resources, labelled)], [labelled]);
    assert.deepEqual([heard, seen], ["violated", "satisfied"]);
  });

  it("of a third capability counts for neither", () => {
    const other = deployment("other", "apg-recommendation-prod");
    const resources = [...both.resources, namespace("recommendation"), other];
    const { audio: heard, vision: seen } = statusesOf([stack("prod", ...resources)], [other]);
    assert.deepEqual([heard, seen], ["violated", "violated"]);
  });

  it("counts across the stacks of one environment", () => {
    const stacks = [
      stack("platform", priority),
      stack("audio", namespace("audio-processing")),
      stack("vision", audio, vision),
    ];
    const { audio: heard, vision: seen } = statusesOf(stacks, [audio]);
    assert.deepEqual([heard, seen], ["satisfied", "violated"]);
  });
});

describe("a violation", () => {
  it("in the other capability's namespace does not count", () => {
    const { audio: heard, vision: seen, reasons } = statusesOf([both], [audio, vision], [vision]);
    assert.deepEqual([heard, seen], ["satisfied", "violated"]);
    assert.equal(reasons[1], "vision is weak.");
  });

  it("of a shared resource counts for both", () => {
    const shared = deployment("redis", "data");
    const { audio: heard, vision: seen } = statusesOf(
      [stack("prod", ...both.resources, shared)],
      [audio, vision],
      [shared],
    );
    assert.deepEqual([heard, seen], ["violated", "violated"]);
  });

  it("cannot be talked out of its namespace by a label of its own", () => {
    const disguised = deployment("weak", "apg-audio-processing-prod", { "apg.io/capability": "computer-vision" });
    const { audio: heard, vision: seen } = statusesOf(
      [stack("prod", ...both.resources, disguised)],
      [audio, vision],
      [disguised],
    );
    assert.deepEqual([heard, seen], ["violated", "satisfied"]);
  });

  it("on the Namespace itself counts for its capability", () => {
    const { audio: heard, vision: seen } = statusesOf([both], [audio, vision], [both.resources[0]!]);
    assert.deepEqual([heard, seen], ["violated", "satisfied"]);
  });
});

describe("a List", () => {
  const objects = (kind: string, ...items: PlannedResource[]): PlannedResource => ({
    ...resource(`kubernetes:${kind}List`, "list"),
    props: { items: items.map(({ props }) => props) },
  });

  it("of namespaces deploys the capability of each", () => {
    const scope = scopeOf([
      stack("prod", objects("core/v1:Namespace", namespace("audio-processing"), namespace("computer-vision"))),
    ]);
    assert.ok(scope.deploys("audio-processing") && scope.deploys("computer-vision"));
  });

  it("speaks for every capability that one of its objects belongs to", () => {
    const own = objects("apps/v1:Deployment", audio, deployment("b", "apg-audio-processing-prod"));
    const mixed = { ...objects("apps/v1:Deployment", audio, deployment("b", "data")), urn: "urn:mixed" };
    const scope = scopeOf([stack("prod", ...both.resources, own, mixed)]);
    assert.deepEqual(
      ["audio-processing", "computer-vision"].map((name) => scope.covers(name, own.urn)),
      [true, false],
    );
    assert.deepEqual(
      ["audio-processing", "computer-vision"].map((name) => scope.covers(name, mixed.urn)),
      [true, true],
    );
  });
});

describe("whose a resource is", () => {
  it("stays open where names and labels are not plain text", () => {
    const hidden = { ...audio, props: { metadata: { namespace: Symbol("unknown"), labels: null } } };
    const bare = { ...vision, props: {} };
    const scope = scopeOf([stack("prod", namespace("audio-processing"), hidden, bare)]);
    assert.ok(scope.covers("audio-processing", hidden.urn) && scope.covers("computer-vision", hidden.urn));
    assert.ok(scope.covers("audio-processing", bare.urn) && scope.covers("computer-vision", bare.urn));
  });
});

describe("a stack's evidence", () => {
  const statusesWith = (stacks: ScopedStack[], signing: string) => {
    const facts = { owner: "Ada", date: "2026-11-01", expires: "2026-12-01", link: "https://example.com" };
    const readiness = assess({
      in: stacks,
      items: [item("AUD-X-01", "evidence[k]: owner set"), item("CV-X-01", "evidence[k]: owner set")],
      evidence: [{ stack: signing, records: [{ key: "k", stack: signing, ...facts, facts }] }],
    });
    return readiness.items.map(({ status }) => status);
  };
  const audioStack = stack("audio", namespace("audio-processing"));
  const visionStack = stack("vision", namespace("computer-vision"));
  const platform = stack("platform", priority);

  it("speaks for the capabilities that the stack deploys", () => {
    assert.deepEqual(statusesWith([both], "prod"), ["satisfied", "satisfied"]);
    assert.deepEqual(statusesWith([audioStack, visionStack], "audio"), ["satisfied", "evidence-missing"]);
  });

  it("of a platform stack speaks for every capability beside it", () => {
    assert.deepEqual(statusesWith([platform, audioStack, visionStack], "platform"), ["satisfied", "satisfied"]);
    assert.deepEqual(statusesWith([platform, audioStack], "platform"), ["satisfied", "evidence-missing"]);
  });
});
