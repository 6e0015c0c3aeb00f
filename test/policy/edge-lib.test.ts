// What the rules of the edge reckon with, by itself.
import assert from "node:assert/strict";
import fc from "fast-check";
import { covers } from "../../policy-pack/lib/certificates.ts";
import { headerFault, strictTransport } from "../../policy-pack/lib/headers.ts";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));

describe("names of certificates", () => {
  it("cover themselves in any case", () => {
    fc.assert(fc.property(domain, (host) => covers(host.toUpperCase(), host)));
  });

  it("with a wildcard cover one label, not two and not none", () => {
    fc.assert(
      fc.property(domain, label, label, (host, first, second) => {
        assert.ok(covers(`*.${host}`, `${first}.${host}`));
        assert.ok(!covers(`*.${host}`, `${second}.${first}.${host}`));
        assert.ok(!covers(`*.${host}`, host));
      }),
    );
  });

  it("cover a wildcard by the same one alone", () => {
    assert.ok(covers("*.example.com", "*.example.com"));
    assert.ok(!covers("*.com", "*.example.com"));
  });
});

describe("Strict-Transport-Security", () => {
  it("is strict from a year on, in any order and case", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), fc.boolean(), (age, first) => {
        const parts = [`Max-Age=${age}`, "INCLUDESUBDOMAINS"];
        const value = (first ? parts : parts.toReversed()).join(" ; ");
        assert.equal(strictTransport(value) === undefined, age >= 31_536_000);
      }),
    );
  });

  for (const value of ["", "includeSubDomains", "max-age=; includeSubDomains", "max-age=-1; includeSubDomains"]) {
    it(`is not "${value}"`, () => assert.equal(strictTransport(value), "set max-age to at least 31536000"));
  }
});

describe("security headers", () => {
  it("are taken as browsers read them", () => {
    assert.equal(headerFault("x-frame-options", " SameOrigin "), undefined);
    assert.equal(headerFault("Referrer-Policy", "no-referrer, unsafe-url"), "set it to no-referrer");
  });
});
