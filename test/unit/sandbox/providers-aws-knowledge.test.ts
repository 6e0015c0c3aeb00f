import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { functions } from "../../../sandbox/providers/aws/functions.ts";
import { knowledge } from "../../../sandbox/providers/aws/knowledge/index.ts";
import type { Kind, Shape } from "../../../sandbox/providers/typings/model.ts";
import { Typings } from "../../../sandbox/providers/typings/store.ts";
import type { Value, Values } from "../../../sandbox/providers/values.ts";
import { Aws, subject, typings } from "./providers-fixtures.ts";

describe("what the stand-in for the aws provider knows", function () {
  this.timeout(30_000);
  let aws: Aws;
  beforeEach(() => (aws = new Aws()));
  afterEach(() => aws.remove());

  describe("of types", () => {
    const inputsAt = async (shape: Shape, [first, ...rest]: string[]): Promise<boolean> => {
      const property = shape[first!];
      if (!property || rest.length === 0) return property !== undefined;
      const kind = typeof property.kind === "object" && "list" in property.kind ? property.kind.list : property.kind;
      return typeof kind === "object" && "named" in kind && inputsAt(await typings.named("input", kind.named), rest);
    };

    for (const [type, known] of Object.entries(knowledge)) {
      it(`agrees with the SDK: ${type}`, async () => {
        const typing = await typings.resource(type);
        assert.ok(typing, "there is such a type");
        for (const output of [...Object.keys(known.makes ?? {}), ...(known.changing ?? [])]) {
          assert.ok(output in typing.outputs, `output ${output}`);
        }
        for (const path of [
          ...(known.fixed ?? []),
          ...Object.keys(known.names ?? {}),
          ...Object.keys(known.ranges ?? {}),
        ]) {
          assert.ok(await inputsAt(typing.inputs, path.split(".")), `input ${path}`);
        }

        const { inputs } = await aws.check(type, await leastOf(typing.inputs));
        const { id, outputs } = await aws.provider.create(subject(type), inputs, false);
        assert.doesNotMatch(
          JSON.stringify([id, outputs]),
          /\{\w+(:\d+)?\}|undefined|NaN/,
          "every placeholder is filled",
        );
        assert.ok(id.length > 1, "it has an id");
        if (typeof outputs["arn"] === "string") assert.match(outputs["arn"], /^(arn:aws:[\w-]+:|text)/);
        const { changes } = await aws.provider.diff(subject(type), { id, inputs, outputs }, inputs);
        assert.deepEqual(changes, []);
      });
    }

    /** What a type requires, with something of the right kind for each. */
    async function leastOf(shape: Shape): Promise<Values> {
      const least = async (kind: Kind): Promise<Value> => {
        if (kind === "number") return 1;
        if (kind === "boolean") return true;
        if (typeof kind !== "object") return "text";
        if ("list" in kind) return [await least(kind.list)];
        if ("named" in kind) return leastOf(await typings.named("input", kind.named));
        return "map" in kind ? {} : "oneOf" in kind ? kind.oneOf[0]! : "{}";
      };
      const required = Object.entries(shape).filter(([, { required }]) => required);
      const entries = required.map(async ([name, { kind }]): Promise<[string, Value]> => [name, await least(kind)]);
      return Object.fromEntries(await Promise.all(entries));
    }

    it("names functions that the SDK has", async () => {
      for (const token of Object.keys(functions)) assert.ok(await typings.function(token), token);
    });
  });

  describe("functions", () => {
    const ask = async (token: string, args: Values = {}) => (await aws.provider.invoke!(token, args)).outputs!;

    it("know the account, the region and its zones", async () => {
      assert.equal((await ask("aws:index/getCallerIdentity:getCallerIdentity"))["accountId"], "123456789012");
      assert.equal((await ask("aws:index/getRegion:getRegion"))["region"], "eu-central-1");
      const { names, zoneIds } = await ask("aws:index/getAvailabilityZones:getAvailabilityZones", {
        state: "available",
      });
      assert.deepEqual(names, ["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
      assert.deepEqual(zoneIds, ["euc1-az1", "euc1-az2", "euc1-az3"]);
    });

    it("render policy documents as the vendor's provider does", async () => {
      const { json } = await ask("aws:iam/getPolicyDocument:getPolicyDocument", {
        statements: [
          {
            sid: "Read",
            actions: ["s3:GetBucketLocation", "s3:ListAllMyBuckets"],
            resources: ["arn:aws:s3:::*"],
            principals: [{ type: "AWS", identifiers: ["arn:aws:iam::123456789012:root"] }],
            conditions: [{ test: "StringLike", variable: "s3:prefix", values: ["", "home/&{aws:username}/"] }],
          },
        ],
      });
      assert.equal(
        json,
        `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": [
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation"
      ],
      "Resource": "arn:aws:s3:::*",
      "Principal": {
        "AWS": "arn:aws:iam::123456789012:root"
      },
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "",
            "home/\${aws:username}/"
          ]
        }
      }
    }
  ]
}`,
      );
    });

    it("merge documents: sources come first, overrides take the place of what has their Sid", async () => {
      const document = (...statements: Values[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
      const { minifiedJson } = await ask("aws:iam/getPolicyDocument:getPolicyDocument", {
        sourcePolicyDocuments: [document({ Sid: "A", Effect: "Allow", Action: "a:*", Resource: "*" })],
        statements: [{ sid: "B", actions: ["b:*"], resources: ["*"] }],
        overridePolicyDocuments: [document({ Sid: "A", Effect: "Deny", Action: "a:*", Resource: "*" })],
      });
      assert.equal(
        minifiedJson,
        document(
          { Sid: "A", Effect: "Deny", Action: "a:*", Resource: "*" },
          { Sid: "B", Effect: "Allow", Action: "b:*", Resource: "*" },
        ),
      );
    });

    it("hold their arguments to the typings", async () => {
      const { refusals } = await aws.provider.invoke!("aws:iam/getPolicyDocument:getPolicyDocument", {
        statements: [{ action: ["s3:*"] }],
      });
      assert.equal(refusals![0]!.property, "statements[0].action");
      assert.match(refusals![0]!.reason, /did you mean actions\?/);
    });
  });

  it("keeps what it has read of the SDK, and does not need the SDK's files again", async () => {
    const cache = join(aws.home, "typings");
    const first = await new Typings("@pulumi/aws", cache).resource("aws:kms/key:Key");
    const files = readdirSync(cache, { recursive: true }) as string[];
    assert.ok(files.some((file) => file.endsWith("kms/key.Key.json")));
    assert.deepEqual(await new Typings("@pulumi/aws", cache).resource("aws:kms/key:Key"), first);
  });
});
