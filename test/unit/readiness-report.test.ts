import assert from "node:assert/strict";
import { WriteStream } from "node:tty";
import fc from "fast-check";
import { renderJson } from "../../report/json.ts";
import { renderSummary, renderTerminal } from "../../report/terminal.ts";
import { hang, plainStyle, styleOf, table, wrap } from "../../report/text.ts";
import { assess, audio, found, item, rule, vision } from "./readiness-fixtures.ts";

const record = { owner: "Ada", date: "2026-11-01", expires: "2026-12-01", link: "https://example.com/r" };
const weak = "Deployment vision may run as root; set runAsNonRoot: true.";
const readiness = assess({
  items: [
    item("AUD-X-01", "plan: x"),
    item("AUD-X-02", "plan: x | probe[load-test]: run", { severity: "advisory" }),
    item("AUD-Y-01", "evidence[signature]: owner set", { section: "Sign-off" }),
    item("CV-X-01", "plan: x"),
    item("CV-X-02", "plan: x | evidence[training]: owner set"),
  ],
  rules: [rule("non-root", ["AUD-X-01", "AUD-X-02", "CV-X-01", "CV-X-02"])],
  ruleResults: [found("non-root", { satisfied: [audio.urn], violations: [{ urn: vision.urn, message: weak }] })],
  evidence: [{ stack: "prod", records: [{ key: "signature", stack: "prod", ...record, facts: record }] }],
});

const overview = [
  "Readiness of prod on 2026-11-22",
  "checklist         items  satisfied  missing  expired  no check  violated",
  "audio-processing      3          2        0        0         1         0",
  "computer-vision       2          0        0        0         0         2",
  "both                  5          2        0        0         1         2",
  "no check: a rule or probe that it needs is not written yet. missing, expired: its evidence.",
  "The rules decide the planned resources of 4 items; for 2 there is proof: audio-processing 2 of 2,",
  "computer-vision 0 of 2.",
];

describe("the readiness summary", () => {
  it("says in a few lines how far the stack is, and what is violated first", () => {
    assert.deepEqual(renderSummary(readiness, plainStyle(100)).split("\n"), [
      ...overview,
      "",
      "Violated",
      "  CV-X-01      Label of CV-X-01: Deployment vision may run as root; set runAsNonRoot: true.",
      "  CV-X-02      Label of CV-X-02: Deployment vision may run as root; set runAsNonRoot: true.",
      "",
    ]);
  });

  it("names five violated items and counts the others", () => {
    const ids = Array.from({ length: 7 }, (_, n) => `CV-X-0${n + 1}`);
    const many = assess({
      items: ids.map((id) => item(id, "plan: x")),
      rules: [rule("r", ids)],
      ruleResults: [found("r", { violations: [{ urn: vision.urn, message: weak }] })],
    });
    const lines = renderSummary(many, plainStyle(100)).split("\n");
    assert.equal(lines.filter((line) => line.includes("may run as root")).length, 5);
    assert.deepEqual(lines.slice(-2), ["  and 2 more", ""]);
    assert.ok(lines.length <= 17);
  });
});

describe("the terminal report", () => {
  it("shows totals, sections, and each violation once with the items that it breaks and its fix", () => {
    assert.deepEqual(renderTerminal(readiness, { style: plainStyle(100) }).split("\n"), [
      ...overview,
      "",
      "audio-processing  items  satisfied  missing  expired  no check  violated",
      "Part                  2          1        0        0         1         0",
      "Sign-off              1          1        0        0         0         0",
      "",
      "computer-vision  items  satisfied  missing  expired  no check  violated",
      "Part                 2          0        0        0         0         2",
      "",
      "Violated (2)",
      "",
      "  CV-X-01      Label of CV-X-01",
      "  CV-X-02      Label of CV-X-02",
      "    plan      Deployment vision may run as root; set runAsNonRoot: true.",
      "    fix       Fix non-root.",
      "",
    ]);
  });

  it("shows every item with its proof, or with what it lacks, when all are asked for", () => {
    const lines = renderTerminal(readiness, { all: true, style: plainStyle(100) }).split("\n");
    assert.deepEqual(lines.slice(overview.length + 1), [
      "audio-processing: Part / Section",
      "satisfied         AUD-X-01     Label of AUD-X-01",
      "    plan      non-root: urn:pulumi:prod::apg-platform::kubernetes:apps/v1:Deployment::audio",
      "no check yet      AUD-X-02     Label of AUD-X-02 (advisory)",
      "    plan      non-root: urn:pulumi:prod::apg-platform::kubernetes:apps/v1:Deployment::audio",
      "    probe     The probe load-test is not written yet.",
      "",
      "audio-processing: Sign-off",
      "satisfied         AUD-Y-01     Label of AUD-Y-01",
      "    evidence  signature: signed by Ada on 2026-11-01, until 2026-12-01, https://example.com/r",
      "",
      "computer-vision: Part / Section",
      "violated          CV-X-01      Label of CV-X-01",
      "    plan      Deployment vision may run as root; set runAsNonRoot: true.",
      "    fix       Fix non-root.",
      "violated          CV-X-02      Label of CV-X-02",
      "    plan      Deployment vision may run as root; set runAsNonRoot: true.",
      "    fix       Fix non-root.",
      "    evidence  No record training.",
      "",
    ]);
  });

  it("lists ids alone when one violation breaks many items", () => {
    const ids = Array.from({ length: 6 }, (_, n) => `CV-X-0${n + 1}`);
    const many = assess({
      items: ids.map((id) => item(id, "plan: x")),
      rules: [rule("r", ids)],
      ruleResults: [found("r", { violations: [{ urn: vision.urn, message: weak }] })],
    });
    const lines = renderTerminal(many, { style: plainStyle(40) }).split("\n");
    assert.deepEqual(lines.slice(lines.indexOf("Violated (6)") + 1), [
      "",
      "  6 items: CV-X-01, CV-X-02, CV-X-03,",
      "  CV-X-04, CV-X-05, CV-X-06",
      "    plan      Deployment vision may run",
      "              as root; set runAsNonRoot:",
      "              true.",
      "    fix       Fix r.",
      "",
    ]);
  });
});

describe("a report on a stack with stand-ins", () => {
  const standIns = { "apg/audio:1.0.0": "a small service" };
  const withStandIns = assess({ standIns });

  it("names every one, in the summary, the report and the JSON", () => {
    for (const text of [
      renderSummary(withStandIns, plainStyle(100)),
      renderTerminal(withStandIns, { style: plainStyle(100) }),
    ]) {
      assert.ok(text.includes("\nNot the real thing here:\n  apg/audio:1.0.0: a small service\n"), text);
    }
    assert.deepEqual((JSON.parse(renderJson(withStandIns)) as { standIns: object }).standIns, standIns);
  });

  it("says nothing of them where there are none", () => {
    assert.doesNotMatch(renderSummary(readiness, plainStyle(100)), /real thing/);
  });
});

describe("the JSON report", () => {
  it("carries its schema, the totals, and for every item its status, decisions and proof", () => {
    const document = JSON.parse(renderJson(readiness)) as { items: unknown[] } & Record<string, unknown>;
    assert.deepEqual(Object.keys(document), ["schema", "date", "stacks", "standIns", "checklists", "items"]);
    assert.equal(document.schema, "apg-readiness/v1");
    assert.deepEqual([document.date, document.stacks], ["2026-11-22", ["prod"]]);
    assert.deepEqual(document.checklists, readiness.checklists);
    assert.deepEqual(document.items[1], {
      id: "AUD-X-02",
      checklist: "audio-processing",
      section: "Part / Section",
      label: "Label of AUD-X-02",
      requirement: "Something holds.",
      kind: "enforce",
      severity: "advisory",
      status: "no-check",
      blocking: false,
      decisions: [
        { source: "plan", status: "satisfied", rule: "non-root", proof: [audio.urn] },
        { source: "probe", probe: "load-test", status: "no-check", reason: "The probe load-test is not written yet." },
      ],
    });
  });
});

describe("text for a terminal", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 40 });

  it("wraps within the width and loses no word", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 80 }), (list, width) => {
        const lines = wrap(list.join(" "), width);
        return lines.every((line) => line.length <= width) && lines.join(" ") === list.join(" ");
      }),
    );
  });

  it("keeps a long word whole, so that a URN can be copied", () => {
    assert.deepEqual(wrap("see urn:pulumi:prod::x::y now", 10), ["see", "urn:pulumi:prod::x::y", "now"]);
  });

  it("drops control sequences that a resource's name might carry", () => {
    assert.deepEqual(wrap("a \u001b[31mred\u001b[0m name", 80), ["a red name"]);
  });

  it("hangs what does not fit under the first line", () => {
    assert.deepEqual(hang("  fix  ", "set it to three or to four", plainStyle(27)), [
      "  fix  set it to three or",
      "       to four",
    ]);
  });

  it("cuts the first column of a table that is too wide, and never a number", () => {
    const rows = [
      ["A long name of a section", "1234"],
      ["b", "5"],
    ];
    assert.deepEqual(table(rows, plainStyle(16)), ["A long na…  1234", "b              5"]);
  });

  it("is coloured and as wide as the terminal on a terminal alone, and without colour where NO_COLOR forbids it", () => {
    const names = ["CI", "NO_COLOR", "FORCE_COLOR", "NODE_DISABLE_COLORS", "TERM"];
    const styled = (isTTY: boolean, environment: Record<string, string>) => {
      const saved = names.map((name) => [name, process.env[name]] as const);
      for (const name of names) delete process.env[name];
      Object.assign(process.env, { TERM: "xterm-256color", ...environment });
      const stream = Object.assign(Object.create(WriteStream.prototype) as WriteStream, { isTTY, columns: 60 });
      const { columns, paint } = styleOf(stream);
      const painted = paint("red", "x");
      for (const [name, value] of saved) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      return { columns, painted };
    };
    assert.deepEqual(styled(true, {}), { columns: 60, painted: "\u001b[31mx\u001b[39m" });
    assert.deepEqual(styled(true, { NO_COLOR: "1" }), { columns: 60, painted: "x" });
    assert.deepEqual(styled(false, {}), { columns: 100, painted: "x" });
  });
});
