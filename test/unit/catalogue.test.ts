import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { checklists, kinds, loadCatalogue } from "../../checklist/catalogue.ts";
import type { Checklist } from "../../checklist/catalogue.ts";
import { parseCheck } from "../../checklist/checks.ts";
import { parseFacts } from "../../checklist/facts.ts";

const items = loadCatalogue();
const of = (checklist: Checklist) => items.filter((item) => item.checklist === checklist);

describe("the catalogue", () => {
  it("holds every item of both checklists, each under an id of its own", () => {
    assert.equal(of("audio-processing").length, 177);
    assert.equal(of("computer-vision").length, 276);
    assert.equal(new Set(items.map(({ id }) => id)).size, 453);
  });

  it("has as many items of each kind as its README says", () => {
    const readme = readFileSync(new URL("../../checklist/README.md", import.meta.url), "utf8");
    for (const checklist of checklists) {
      const rowOf = (items: ReturnType<typeof of>) => [
        items.length,
        ...kinds.flatMap((kind) => [
          items.filter((item) => item.kind === kind).length,
          items.filter((item) => [item.kind, ...item.also].includes(kind)).length,
        ]),
        items.filter((item) => item.kind === "attest" && item.also.length === 0).length,
      ];
      const row = readme.split("\n").find((line) => line.startsWith(`| ${checklist}, `))!;
      assert.deepEqual(row.match(/\d+/g)!.map(Number), rowOf(of(checklist)));
    }
  });

  it("calls 21 items advisory and all others mandatory", () => {
    assert.equal(items.filter(({ severity }) => severity === "advisory").length, 21);
  });

  it("names an audio item wherever a vision item asks the same", () => {
    const same = items.filter((item) => item.same_as);
    assert.equal(same.length, 110);
    assert.ok(same.every((item) => item.checklist === "computer-vision" && item.same_as!.startsWith("AUD-")));
  });

  it("has a check line that can be read in every item", () => {
    const parts = items.flatMap(({ check }) => parseCheck(check));
    const count = (kind: string) => parts.filter((part) => part.kind === kind).length;
    assert.deepEqual([count("plan"), count("probe"), count("evidence")], [366, 222, 89]);
    const names = (kind: string) =>
      new Set(parts.flatMap((part) => (part.kind === kind && "name" in part ? part.name : [])));
    assert.deepEqual([names("probe").size, names("evidence").size], [144, 70]);
  });

  it("asks for facts of which a machine can decide all but a few", () => {
    const clauses = items
      .flatMap(({ check }) => parseCheck(check))
      .flatMap((part) => (part.kind === "evidence" ? parseFacts(part.text) : []));
    assert.deepEqual([...new Set(clauses.flatMap((clause) => (clause.kind === "signed" ? clause.text : [])))].sort(), [
      "actions have owner and date",
      "for each region pair outside one jurisdiction legalBasis is a link",
      "for every component in the stack trainedPeople >= 2",
      "items have owner and date",
      "one confirmed person each for deployment, database, security, operations and product",
      "report link equals the staging load-test report",
      "roster names equal the on-call rota",
      "the five documents are links",
    ]);
  });
});

describe("a check line", () => {
  it("is read into its parts, in order", () => {
    assert.deepEqual(
      parseCheck("plan: A x=1; B y | probe[load-test]: run; pass when p95 < 2 s | evidence[go-live]: name"),
      [
        { kind: "plan", text: "A x=1; B y" },
        { kind: "probe", name: "load-test", text: "run; pass when p95 < 2 s" },
        { kind: "evidence", name: "go-live", text: "name" },
      ],
    );
  });

  for (const bad of ["", "plan:", "plan[x]: y", "probe: x", "evidence[Key]: x", "plan: a | verify: b"]) {
    it(`is refused when a part is of no known form: "${bad}"`, () => {
      assert.throws(
        () => parseCheck(bad),
        /^Error: Neither "plan: \.\.\.", "probe\[name\]: \.\.\." nor "evidence\[key\]: \.\.\."/,
      );
    });
  }

  it("is refused with two plan parts", () => {
    assert.throws(() => parseCheck("plan: a | plan: b"), /More than one plan part: plan: a \| plan: b/);
  });
});
