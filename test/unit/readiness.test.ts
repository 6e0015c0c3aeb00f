import assert from "node:assert/strict";
import fc from "fast-check";
import { isBlocking, statuses } from "../../checklist/readiness.ts";
import { assess, audio, found, item, only, rule, vision } from "./readiness-fixtures.ts";

const live = { owner: "Ada", date: "2026-11-01", expires: "2026-12-01", link: "https://example.com/r" };
const record = (key: string, more: Record<string, string | number> = {}, stack = "prod") => {
  const facts = { ...live, ...more };
  return { key, stack, owner: facts.owner, date: facts.date, expires: facts.expires, link: facts.link, facts };
};
const evidence = (...records: ReturnType<typeof record>[]) => [{ stack: "prod", records }];

describe("the plan part of an item", () => {
  const items = [item("AUD-X-01", "plan: x")];

  it("is satisfied by the resources that obey the rule, and by nothing else", () => {
    const rules = [rule("r", ["AUD-X-01"])];
    const entry = only(assess({ items, rules, ruleResults: [found("r", { satisfied: [audio.urn] })] }));
    assert.equal(entry.status, "satisfied");
    assert.deepEqual(entry.decisions, [{ source: "plan", status: "satisfied", rule: "r", proof: [audio.urn] }]);
  });

  it("is violated when the rules that decide it find nothing to look at", () => {
    const rules = [rule("r", ["AUD-X-01"]), rule("s", ["AUD-X-01"])];
    const entry = only(assess({ items, rules, ruleResults: [found("r", {}), found("s", {})] }));
    assert.deepEqual(entry.decisions, [
      {
        source: "plan",
        status: "violated",
        rule: "r",
        severity: "high",
        fix: "Fix r.",
        reason: "Nothing in the stack satisfies it: no resource for r, s to look at.",
      },
    ]);
  });

  it("is violated by one resource, however many others obey", () => {
    const rules = [rule("r", ["AUD-X-01"])];
    const violations = [
      { urn: audio.urn, message: "Deployment audio may run as root." },
      { urn: audio.urn, message: "Container api may run as root." },
    ];
    const entry = only(assess({ items, rules, ruleResults: [found("r", { satisfied: [audio.urn], violations })] }));
    assert.deepEqual(entry.decisions, [
      {
        source: "plan",
        status: "violated",
        rule: "r",
        severity: "high",
        fix: "Fix r.",
        reason: "Deployment audio may run as root. (and 1 more)",
        violations,
      },
    ]);
  });

  it("is violated by a value that is not known", () => {
    const rules = [rule("r", ["AUD-X-01"])];
    const unknown = [{ urn: audio.urn, path: "spec.replicas" }];
    const entry = only(assess({ items, rules, ruleResults: [found("r", { satisfied: [audio.urn], unknown })] }));
    assert.equal(entry.status, "violated");
    assert.equal(entry.decisions[0]!.reason, "spec.replicas is not known, so nobody can say that the rule is obeyed.");
  });

  it("is as good as the worst of the rules that decide it together", () => {
    const rules = [rule("r", ["AUD-X-01"]), rule("s", ["AUD-X-01"])];
    const broken = found("s", { violations: [{ urn: audio.urn, message: "No." }] });
    const entry = only(assess({ items, rules, ruleResults: [found("r", { satisfied: [audio.urn] }), broken] }));
    assert.equal(entry.status, "violated");
    assert.deepEqual(
      entry.decisions.map(({ status }) => status),
      ["satisfied", "violated"],
    );
  });

  it("has no check while only parts of it have rules, even when they are obeyed", () => {
    const rules = [rule("r", [], ["AUD-X-01"])];
    const entry = only(assess({ items, rules, ruleResults: [found("r", { satisfied: [audio.urn] })] }));
    assert.deepEqual(entry.decisions, [
      { source: "plan", status: "no-check", reason: "Only a part of it has a rule (r), and nothing breaks that part." },
    ]);
  });

  it("can be violated by a rule that decides only a part of it", () => {
    const rules = [rule("r", ["AUD-X-01"]), rule("s", [], ["AUD-X-01"])];
    const broken = found("s", { violations: [{ urn: audio.urn, message: "No." }] });
    const entry = only(assess({ items, rules, ruleResults: [found("r", { satisfied: [audio.urn] }), broken] }));
    assert.equal(entry.status, "violated");
  });

  it("has no check without a rule", () => {
    assert.deepEqual(only(assess({ items })).decisions, [
      { source: "plan", status: "no-check", reason: "No rule decides it yet." },
    ]);
  });

  it("is never decided by a rule that was not evaluated", () => {
    assert.throws(() => assess({ items, rules: [rule("r", ["AUD-X-01"])] }), /The rule r was not evaluated\./);
  });
});

describe("the probe part of an item", () => {
  it("has no check, so that a proof of the plan alone does not satisfy the item", () => {
    const entry = only(
      assess({
        items: [item("AUD-X-01", "plan: x | probe[load-test]: run")],
        rules: [rule("r", ["AUD-X-01"])],
        ruleResults: [found("r", { satisfied: [audio.urn] })],
      }),
    );
    assert.equal(entry.status, "no-check");
    assert.deepEqual(entry.decisions[1], {
      source: "probe",
      probe: "load-test",
      status: "no-check",
      reason: "The probe load-test is not written yet.",
    });
  });
});

describe("the evidence part of an item", () => {
  const items = [item("AUD-X-01", "evidence[signature]: decision == approved; release == release version")];
  const approved = { decision: "approved", release: "1.4.0" };
  const decisionOf = (...records: ReturnType<typeof record>[]) => {
    const { status, decisions } = only(assess({ items, evidence: evidence(...records) }));
    return { status, reason: decisions[0]!.reason };
  };

  it("is satisfied by a live record, which is the proof, with what rests on its signature", () => {
    const entry = only(assess({ items, evidence: evidence(record("signature", approved)) }));
    assert.deepEqual(entry.decisions, [
      {
        source: "evidence",
        key: "signature",
        status: "satisfied",
        proof: { stack: "prod", ...live, signedFor: ["release == release version"] },
      },
    ]);
  });

  it("is missing without a record", () => {
    assert.deepEqual(decisionOf(record("other")), { status: "evidence-missing", reason: "No record signature." });
  });

  it("is missing when the record does not state what is asked for", () => {
    assert.deepEqual(decisionOf(record("signature", { decision: "approved" })), {
      status: "evidence-missing",
      reason: "Record signature of Ada: The record does not state release.",
    });
  });

  it("is violated when the record says the opposite", () => {
    assert.deepEqual(decisionOf(record("signature", { ...approved, decision: "rejected" })), {
      status: "violated",
      reason: "Record signature of Ada: decision is rejected; == approved is asked for.",
    });
  });

  it("counts until the day before it expires", () => {
    assert.equal(decisionOf(record("signature", { ...approved, expires: "2026-11-23" })).status, "satisfied");
    assert.deepEqual(decisionOf(record("signature", { ...approved, expires: "2026-11-22" })), {
      status: "evidence-expired",
      reason: "Record signature of Ada: It expired on 2026-11-22.",
    });
  });

  it("cannot be signed ahead", () => {
    assert.deepEqual(decisionOf(record("signature", { ...approved, date: "2026-11-23" })), {
      status: "violated",
      reason: "Record signature of Ada: It is dated 2026-11-23, which is after today.",
    });
  });

  it("needs every record under its key to hold", () => {
    assert.equal(
      decisionOf(record("signature", approved), record("signature", { ...approved, decision: "no" })).status,
      "violated",
    );
  });

  it("does not block before it falls due after go-live, and does from then on", () => {
    const due = [item("AUD-X-01", "evidence[review]: due == goLive + 7d; highOpen == 0")];
    const at = (goLive?: string) => {
      const entry = only(assess({ items: due, evidence: [{ stack: "prod", ...(goLive && { goLive }), records: [] }] }));
      return { status: entry.status, blocking: isBlocking(entry), reason: entry.decisions[0]!.reason };
    };
    const status = "evidence-missing";
    assert.deepEqual(at(), {
      status,
      blocking: false,
      reason: "No record review; it is asked for from 7 days after goLive on.",
    });
    assert.deepEqual(at("2026-11-16"), {
      status,
      blocking: false,
      reason: "No record review; it is asked for from 2026-11-23 on.",
    });
    assert.deepEqual(at("2026-11-15"), {
      status,
      blocking: true,
      reason: "No record review; it has been asked for since 2026-11-22.",
    });
  });
});

describe("an item", () => {
  it("is as good as its worst decision", () => {
    const all = fc.subarray(["violated", "no-check", "evidence-expired", "evidence-missing", "satisfied"] as const, {
      minLength: 1,
    });
    // One evidence or probe part for each wanted status.
    const part = {
      violated: "no",
      "no-check": "",
      "evidence-expired": "old",
      "evidence-missing": "none",
      satisfied: "yes",
    };
    const records = evidence(
      record("no", { ok: "no" }),
      record("old", { ok: "yes", expires: "2026-11-02" }),
      record("yes", { ok: "yes" }),
    );
    fc.assert(
      fc.property(all, (wanted) => {
        const check = wanted
          .map((status) => (part[status] ? `evidence[${part[status]}]: ok == yes` : "probe[p]: x"))
          .join(" | ");
        const { status } = only(assess({ items: [item("AUD-X-01", check)], evidence: records }));
        return status === statuses.find((candidate) => wanted.includes(candidate));
      }),
    );
  });

  it("blocks when it is mandatory and not satisfied", () => {
    const check = "probe[p]: x";
    const readiness = assess({ items: [item("AUD-X-01", check), item("AUD-X-02", check, { severity: "advisory" })] });
    assert.deepEqual(readiness.items.map(isBlocking), [true, false]);
  });
});

describe("the totals of a readiness", () => {
  it("count every item of each checklist once, and how far the plan goes", () => {
    const readiness = assess({
      items: [
        item("AUD-X-01", "plan: x"),
        item("AUD-X-02", "plan: x | probe[p]: x"),
        item("AUD-X-03", "evidence[k]: name"),
        item("CV-X-01", "plan: x"),
        item("CV-X-02", "plan: x"),
      ],
      rules: [rule("r", ["AUD-X-01", "AUD-X-02", "CV-X-01"])],
      ruleResults: [found("r", { satisfied: [audio.urn], violations: [{ urn: vision.urn, message: "No." }] })],
    });
    const none = { violated: 0, "no-check": 0, "evidence-expired": 0, "evidence-missing": 0, satisfied: 0 };
    assert.deepEqual(readiness.checklists, [
      {
        checklist: "audio-processing",
        items: 3,
        totals: { ...none, satisfied: 1, "no-check": 1, "evidence-missing": 1 },
        plan: { decided: 2, satisfied: 2 },
      },
      {
        checklist: "computer-vision",
        items: 2,
        totals: { ...none, violated: 1, "no-check": 1 },
        plan: { decided: 1, satisfied: 0 },
      },
    ]);
  });
});
