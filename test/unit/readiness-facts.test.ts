import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays, isDay } from "../../checklist/dates.ts";
import { judge, parseFacts } from "../../checklist/facts.ts";
import type { Facts } from "../../checklist/facts.ts";

const today = "2026-11-22";
const record = { owner: "Ada", date: "2026-11-01", expires: "2026-12-01", link: "https://example.com/r" };
const judged = (text: string, facts: Facts = {}, isLive = (_: string) => false) =>
  judge(parseFacts(text), { ...record, ...facts }, today, isLive);
const fine = { wrong: [], missing: [], signed: [] };

describe("the facts of an evidence record", () => {
  it("are right when every exact clause holds", () => {
    const facts = { coveragePct: 96.2, failed: 0, thirdParty: true, decision: "approved" };
    assert.deepEqual(judged("coveragePct >= 96.2; failed == 0; thirdParty == true; decision == approved", facts), fine);
  });

  it("are wrong, with what is asked for, when one does not hold", () => {
    assert.deepEqual(
      judged("coveragePct >= 96.2; decision == approved", { coveragePct: 96.1, decision: "rejected" }).wrong,
      ["coveragePct is 96.1; >= 96.2 is asked for.", "decision is rejected; == approved is asked for."],
    );
  });

  it("are missing when the record does not state them, or states nothing by them", () => {
    assert.deepEqual(judged("criticalOpen == 0; audience not empty; sentAt is set", { audience: [], sentAt: "" }), {
      wrong: [],
      missing: [
        "The record does not state criticalOpen.",
        "The record does not state audience.",
        "The record does not state sentAt.",
      ],
      signed: [],
    });
  });

  it("compare numbers with numbers only, so that a text never passes for one", () => {
    assert.deepEqual(judged("highOpen == 0; passed >= 56", { highOpen: "0", passed: "247" }).wrong, [
      'highOpen is "0"; == 0 is asked for.',
      'passed is "247"; >= 56 is asked for.',
    ]);
  });

  it("compare with another fact of the record", () => {
    const text = "endpointsTested == endpointsDeclared; reviewer != owner";
    assert.deepEqual(judged(text, { endpointsTested: 12, endpointsDeclared: 12, reviewer: "Grace" }), fine);
    assert.deepEqual(judged(text, { endpointsTested: 11, endpointsDeclared: 12, reviewer: "Ada" }).wrong, [
      "endpointsTested is 11; == endpointsDeclared (12) is asked for.",
      "reviewer is Ada; != owner (Ada) is asked for.",
    ]);
    assert.deepEqual(judged(text, { endpointsTested: 11, reviewer: "Grace" }).wrong, [
      "endpointsTested is 11; == endpointsDeclared is asked for.",
    ]);
  });

  it("limit how long a record counts", () => {
    assert.deepEqual(judged("expires <= date + 30d"), fine);
    assert.deepEqual(judged("expires <= date + 7d").wrong, [
      "expires is 2026-12-01; <= date + 7 days (2026-11-08) is asked for.",
    ]);
  });

  it("take links from https alone", () => {
    assert.deepEqual(
      judged("plan is a link; apiDocs and userGuides are https links", {
        plan: "http://example.com",
        apiDocs: "https://example.com/api",
        userGuides: "see the wiki",
      }).wrong,
      [
        "plan is http://example.com; an https link is asked for.",
        "userGuides is see the wiki; an https link is asked for.",
      ],
    );
  });

  it("take a recent day, neither too old nor yet to come", () => {
    assert.deepEqual(judged("gameDayDate within 90 days", { gameDayDate: "2026-08-24" }), fine);
    for (const gameDayDate of ["2026-08-23", "2026-11-23", "in autumn"]) {
      assert.deepEqual(judged("gameDayDate within 90 days", { gameDayDate }).wrong, [
        `gameDayDate is ${gameDayDate}; a day from 2026-08-24 to 2026-11-22 is asked for.`,
      ]);
    }
  });

  it("look for every asked member of a list", () => {
    const text = "suites has gdpr, hipaa and biometric";
    assert.deepEqual(judged(text, { suites: ["biometric", "hipaa", "gdpr", "other"] }), fine);
    assert.deepEqual(judged(text, { suites: ["hipaa"] }).wrong, ["suites lacks gdpr, biometric."]);
  });

  it("need another record to be live where the check says so", () => {
    assert.deepEqual(
      judged("evidence[training-operations] is valid", {}, (key) => key === "training-operations"),
      fine,
    );
    assert.deepEqual(judged("evidence[training-operations] is valid").missing, [
      "It needs live evidence training-operations beside it.",
    ]);
  });

  it("rest on the signature where a machine cannot decide, and must be stated all the same", () => {
    const text =
      "name, role in the security team, decision == approved; release == release version; actions have owner and date";
    assert.deepEqual(judged(text, { name: "Ada", role: "Lead", decision: "approved", release: "1.4.0" }), {
      ...fine,
      signed: ["role in the security team", "release == release version", "actions have owner and date"],
    });
    assert.deepEqual(judged(text, { name: "Ada", decision: "approved" }).missing, [
      "The record does not state role.",
      "The record does not state release.",
    ]);
  });
});

describe("a day", () => {
  it("exists in the calendar", () => {
    assert.deepEqual(["2028-02-29", "2026-02-29", "2026-13-01", "2026-1-1", "yesterday"].map(isDay), [
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("moves forth and back by whole days", () => {
    const days = fc.date({ min: new Date("1970-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.integer({ min: -9999, max: 9999 }), (date, n) => {
        const day = date.toISOString().slice(0, 10);
        const moved = addDays(day, n);
        return (
          isDay(moved) && addDays(moved, -n) === day && (n > 0 ? moved > day : n === 0 ? moved === day : moved < day)
        );
      }),
    );
  });
});
