import assert from "node:assert/strict";
import { evidenceFile, loadEvidence, parseEvidence } from "../../checklist/evidence.ts";
import { readFileSync } from "node:fs";

const knownKeys = new Set(["penetration-test", "go-live", "signature-security-lead"]);
const parse = (source: string) => parseEvidence(source, { file: "evidence/prod.yaml", stack: "prod", knownKeys });
const refusal = (source: string): string => {
  try {
    parse(source);
  } catch (error) {
    assert.ok(error instanceof Error && error.name === "EvidenceError");
    return error.message;
  }
  assert.fail("the file was accepted");
};

const good = `goLive: 2026-12-01
evidence:
  penetration-test:
    owner: Ada Example
    date: 2026-10-01
    expires: 2027-09-30
    link: https://example.com/report
    criticalOpen: 0
    topics: [a, b]
`;

describe("an evidence file", () => {
  it("is read into records that keep every stated fact", () => {
    assert.deepEqual(parse(good), {
      stack: "prod",
      goLive: "2026-12-01",
      records: [
        {
          key: "penetration-test",
          stack: "prod",
          owner: "Ada Example",
          date: "2026-10-01",
          expires: "2027-09-30",
          link: "https://example.com/report",
          facts: {
            owner: "Ada Example",
            date: "2026-10-01",
            expires: "2027-09-30",
            link: "https://example.com/report",
            criticalOpen: 0,
            topics: ["a", "b"],
          },
        },
      ],
    });
  });

  it("is what the README of the evidence folder shows", () => {
    const readme = readFileSync(new URL("../../evidence/README.md", import.meta.url), "utf8");
    const example = /```yaml\n([^]*?)```/.exec(readme)![1]!;
    assert.deepEqual(
      parse(example).records.map(({ key }) => key),
      ["penetration-test", "signature-security-lead"],
    );
  });

  it("is refused with file and line of every mistake at once", () => {
    const source = good
      .replace("2026-12-01", "soon")
      .replace("owner: Ada Example", "owner: ''")
      .replace("2026-10-01", "2026-02-30")
      .replace("https:", "http:");
    assert.equal(
      refusal(source),
      [
        "evidence/prod.yaml:1: goLive: a day such as 2026-11-22 is asked for",
        "evidence/prod.yaml:4: evidence.penetration-test.owner: the name of a person is asked for",
        "evidence/prod.yaml:5: evidence.penetration-test.date: a day such as 2026-11-22 is asked for",
        "evidence/prod.yaml:7: evidence.penetration-test.link: an https link is asked for",
      ].join("\n"),
    );
  });

  it("is refused when a record lacks a field, at the line of the record", () => {
    assert.equal(
      refusal("evidence:\n  go-live:\n    owner: Ada\n    date: 2026-10-01\n    link: https://example.com\n"),
      "evidence/prod.yaml:2: evidence.go-live.expires: a day such as 2026-11-22 is asked for",
    );
  });

  it("is refused when no check asks for a key, since its writer meant another", () => {
    assert.equal(
      refusal(good.replace("penetration-test:", "penetration-tests:")),
      "evidence/prod.yaml:3: evidence.penetration-tests: no checklist item asks for this key",
    );
  });

  it("is refused when a record expires on the day that it is signed", () => {
    assert.equal(
      refusal(good.replace("2027-09-30", "2026-10-01")),
      "evidence/prod.yaml:6: evidence.penetration-test.expires: a day after date is asked for",
    );
  });

  it("is refused when it is no YAML, or holds a key twice", () => {
    assert.match(refusal("evidence: [\n"), /^evidence\/prod\.yaml:\d+: /);
    assert.match(refusal(`${good}  penetration-test: {}\n`), /^evidence\/prod\.yaml:10: Map keys must be unique/);
  });

  it("is refused when it is empty: a file that says nothing is no evidence file", () => {
    assert.match(refusal(""), /^evidence\/prod\.yaml:1: /);
  });

  it("lies under the stack's own name, without its organisation", () => {
    assert.equal(evidenceFile("evidence", "acme/apg-platform/prod"), "evidence/prod.yaml");
  });

  it("may be absent: such a stack has no evidence", () => {
    assert.deepEqual(loadEvidence("nowhere", "prod", knownKeys), { stack: "prod", records: [] });
  });
});
