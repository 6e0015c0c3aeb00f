import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { filled, hashOf, valueOf } from "../../../../components/security/secrets/template.ts";
import { secretArn, secretPath } from "../../../../components/security/secrets/store.ts";

const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9]{0,10}$/);
/** Texts of files and addresses: anything but what opens a place. */
const text = fc.string().filter((each) => !each.includes("{{"));
const place = { accountId: "123456789012", region: "eu-central-1" };

describe("texts with places for values", () => {
  it("are filled with what belongs there, whatever it is", () => {
    fc.assert(
      fc.property(name, fc.string(), text, text, (of, value, before, after) => {
        const hash = createHash("sha256").update(value).digest("hex");
        assert.equal(filled(`${before}${valueOf(of)}${after}`, { [of]: value }), `${before}${value}${after}`);
        assert.equal(filled(`${before}${hashOf(of)}${after}`, { [of]: value }), `${before}${hash}${after}`);
      }),
    );
  });

  it("are as they were where there is no place", () => {
    fc.assert(fc.property(text, (each) => assert.equal(filled(each, {}), each)));
  });

  it("are refused where there is no such value", () => {
    assert.throws(() => filled(valueOf("password"), { passwort: "x" }), {
      message: "The text has a place for password, which is no value of the secret.",
    });
  });

  it("are what External Secrets' own language says", () => {
    assert.equal(valueOf("password"), "{{ .password }}");
    assert.equal(hashOf("password"), "{{ .password | sha256sum }}");
  });
});

describe("names of secrets", () => {
  const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/);
  const secret = fc.stringMatching(/^[a-z]([a-z0-9/.-]{0,30}[a-z0-9])?$/);
  const glob = (arn: string) => new RegExp(`^${arn.replace(/[.*+^${}()|[\]\\]/g, "\\$&").replaceAll("?", ".")}$`);

  it("differ where environment, namespace or secret do", () => {
    const whole = fc.tuple(label, label, secret);
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        assert.equal(secretPath(...a) === secretPath(...b), a.join(" ") === b.join(" "));
      }),
    );
  });

  it("are named by a pattern that no other secret's ARN fits", () => {
    fc.assert(
      fc.property(label, label, secret, secret, fc.stringMatching(/^[a-zA-Z0-9]{6}$/), (of, within, a, b, end) => {
        const pattern = glob(secretArn(place, secretPath(of, within, a)));
        const arn = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${secretPath(of, within, b)}-${end}`;
        assert.equal(pattern.test(arn), a === b);
      }),
    );
  });
});
