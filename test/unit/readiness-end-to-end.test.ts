import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCatalogue } from "../../checklist/catalogue.ts";
import type { ItemReadiness, PlanDecision } from "../../checklist/readiness.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { renderJson } from "../../report/json.ts";
import { readinessOf } from "../../report/readiness.ts";
import { capabilityManifests, exportedState, secretValue } from "./readiness-state.ts";
import type { Manifest } from "./readiness-state.ts";

const today = "2026-11-22";
const audio = capabilityManifests("audio-processing");
const vision = capabilityManifests("computer-vision");

describe("the rules", () => {
  it("speak only about items that are in the catalogue and have a plan part", () => {
    const planned = new Set(loadCatalogue().flatMap(({ id, check }) => (check.startsWith("plan: ") ? id : [])));
    const named = allRules.flatMap(({ decides, contributesTo = [] }) => [...decides, ...contributesTo]);
    assert.deepEqual(
      named.filter((id) => !planned.has(id)),
      [],
    );
  });
});

describe("the readiness of an exported stack", () => {
  let evidenceDir: string;
  beforeEach(() => (evidenceDir = mkdtempSync(join(tmpdir(), "evidence-"))));
  afterEach(() => rmSync(evidenceDir, { recursive: true }));

  function assess(stacks: Record<string, readonly Manifest[]>) {
    const states = Object.entries(stacks).map(([name, manifests]) => exportedState(name, manifests));
    const readiness = readinessOf(states, { stackNames: Object.keys(stacks), evidenceDir, today });
    const entry = (id: string): ItemReadiness => readiness.items.find(({ item }) => item.id === id)!;
    const plan = (id: string) =>
      entry(id).decisions.filter((decision): decision is PlanDecision => decision.source === "plan");
    return {
      readiness,
      entry,
      plan,
      urns: states.flatMap(({ deployment }) => deployment.resources.map(({ urn }) => urn)),
    };
  }

  /** The same manifests, with one kind changed. */
  function change(manifests: readonly Manifest[], kind: string, edit: (manifest: Manifest) => void): Manifest[] {
    const copies = structuredClone(manifests) as Manifest[];
    copies.filter((manifest) => manifest.kind === kind).forEach(edit);
    return copies;
  }

  const autoscaler = (capability: string) =>
    `urn:pulumi:prod::apg-platform::kubernetes:autoscaling/v2:HorizontalPodAutoscaler::${capability}-api`;

  it("proves an item by the very resources that obey, each capability by its own", () => {
    const { entry } = assess({ prod: [...audio, ...vision] });
    for (const [id, capability] of [
      ["AUD-PROD-04", "audio-processing"],
      ["CV-KUBE-03", "computer-vision"],
    ] as const) {
      const { status, decisions } = entry(id);
      assert.equal(status, "satisfied");
      const proof = decisions.flatMap((decision) => (decision.source === "plan" ? (decision.proof ?? []) : []));
      assert.ok(proof.includes(autoscaler(capability)), id);
      assert.ok(
        proof.every((urn) => urn.includes(capability)),
        id,
      );
    }
  });

  it("calls nothing satisfied without a proof that is in the state or signed", () => {
    const { readiness, urns } = assess({ prod: [...audio, ...vision] });
    const satisfied = readiness.items.filter(({ status }) => status === "satisfied");
    assert.ok(satisfied.length >= 5);
    for (const { item, decisions } of satisfied) {
      for (const decision of decisions) {
        assert.ok(decision.source === "plan" && decision.proof && decision.proof.length > 0, item.id);
        assert.ok(
          decision.proof.every((urn) => urns.includes(urn)),
          item.id,
        );
      }
    }
  });

  it("assesses all 453 items, each with a decision for every part of its check", () => {
    const { readiness } = assess({ prod: [...audio, ...vision] });
    assert.equal(readiness.items.length, 453);
    assert.ok(readiness.items.every(({ decisions }) => decisions.length > 0));
    assert.ok(
      readiness.items.every(
        ({ status, decisions }) => status === "satisfied" || decisions.some(({ reason }) => reason),
      ),
    );
  });

  it("lets a weak resource of one capability break that capability's items alone", () => {
    const weak = change(
      vision,
      "HorizontalPodAutoscaler",
      ({ spec }) => ((spec as { maxReplicas: number }).maxReplicas = 15),
    );
    const { entry, plan } = assess({ prod: [...audio, ...weak] });
    assert.equal(entry("CV-KUBE-03").status, "violated");
    assert.deepEqual(
      plan("CV-KUBE-03").flatMap(({ violations = [] }) => violations.map(({ urn }) => urn)),
      [autoscaler("computer-vision")],
    );
    assert.equal(entry("AUD-PROD-02").status, "satisfied");
  });

  it("proves no vision item where only audio processing is deployed", () => {
    const { readiness, plan } = assess({ prod: audio });
    const [, computerVision] = readiness.checklists;
    assert.deepEqual([computerVision!.totals.satisfied, computerVision!.plan.satisfied], [0, 0]);
    assert.deepEqual(plan("CV-KUBE-03"), [
      {
        source: "plan",
        status: "violated",
        reason: "No stack here deploys computer-vision: no Namespace has the label apg.io/capability: computer-vision.",
        fix: "Label the namespace of computer-vision, or name the stack that deploys it as well.",
      },
    ]);
  });

  it("takes a stack per capability together as it takes one stack", () => {
    const split = assess({ audio, vision }).readiness;
    const whole = assess({ prod: [...audio, ...vision] }).readiness;
    assert.deepEqual(split.checklists, whole.checklists);
    assert.deepEqual(split.stacks, ["audio", "vision"]);
  });

  it("holds every environment to the settings of production: in the sandbox too an image needs its digest", () => {
    const undigested = change(audio, "Deployment", (deployment) => {
      const { template } = deployment.spec as { template: { spec: { containers: { image: string }[] } } };
      template.spec.containers[0]!.image = "registry.example.com/apg/audio-processing:1.4.0";
    });
    const violations = (manifests: readonly Manifest[]) =>
      assess({ sandbox: manifests }).readiness.items.flatMap(({ decisions }) =>
        decisions.filter(({ status, reason }) => status === "violated" && reason?.includes("sha256")),
      );
    assert.equal(violations(audio).length, 0);
    assert.notEqual(violations(undigested).length, 0);
  });

  it("does not take for a proof what is waiting to be deleted", () => {
    const state = exportedState("prod", audio);
    const resources = state.deployment.resources.map((resource) =>
      resource.type.endsWith("HorizontalPodAutoscaler") ? { ...resource, delete: true } : resource,
    );
    const gone = { ...state, deployment: { ...state.deployment, resources } };
    const readiness = readinessOf([gone], { stackNames: ["prod"], evidenceDir, today });
    assert.equal(readiness.items.find(({ item }) => item.id === "AUD-PROD-04")!.status, "violated");
  });

  it("never shows a secret, not even encrypted", () => {
    const secret: Manifest = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "key", namespace: "apg-audio-processing-prod" },
      stringData: secretValue,
    };
    const weak = change(audio, "Deployment", (deployment) => {
      const { template } = deployment.spec as { template: { spec: { containers: Record<string, unknown>[] } } };
      template.spec.containers[0]!.env = [{ name: "DB_PASSWORD", value: "hunter2" }];
    });
    const json = renderJson(assess({ prod: [...weak, secret] }).readiness);
    assert.ok(!json.includes("ciphertext") && !json.includes(secretValue.ciphertext) && !json.includes("hunter2"));
  });

  it("has nothing to prove anything by in a stack that was just made", () => {
    const empty = { version: 3, deployment: { manifest: {}, metadata: {} } };
    const { checklists } = readinessOf([empty], { stackNames: ["prod"], evidenceDir, today });
    assert.deepEqual(
      checklists.map(({ totals, plan }) => [totals.satisfied, plan.satisfied]),
      [
        [0, 0],
        [0, 0],
      ],
    );
  });

  it("counts the evidence beside the stack", () => {
    const record = "owner: Ada\n    date: 2026-11-20\n    expires: 2026-12-10\n    link: https://example.com/approval";
    const approval = "name: Ada\n    role: Security lead\n    decision: approved\n    release: 1.4.0";
    writeFileSync(
      join(evidenceDir, "prod.yaml"),
      `evidence:\n  signature-security-lead:\n    ${record}\n    ${approval}\n`,
    );
    const { entry } = assess({ prod: [...audio, ...vision] });
    for (const id of ["AUD-SIGN-03", "CV-TAPP-04"]) {
      assert.equal(entry(id).status, "satisfied");
      const [decision] = entry(id).decisions;
      assert.ok(decision?.source === "evidence");
      assert.deepEqual(decision.proof, {
        stack: "prod",
        owner: "Ada",
        date: "2026-11-20",
        expires: "2026-12-10",
        link: "https://example.com/approval",
        signedFor: ["release == release version"],
      });
    }
    assert.equal(entry("AUD-SIGN-01").status, "evidence-missing");
  });
});
