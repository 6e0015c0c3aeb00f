// The stand-in for the aws provider, asked as the engine asks it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ledger } from "../../../sandbox/providers/aws/ledger.ts";
import { awsProvider } from "../../../sandbox/providers/aws/provider.ts";
import type { ResourceProvider, Subject } from "../../../sandbox/providers/provider.ts";
import { Typings } from "../../../sandbox/providers/typings/store.ts";
import type { Values } from "../../../sandbox/providers/values.ts";

export const typings = new Typings("@pulumi/aws");
export const seed = Buffer.from("seed");
export const subject = (type: string, name = "media"): Subject => ({
  type,
  name,
  urn: `urn:pulumi:s::p::${type}::${name}`,
});

export const bucket = "aws:s3/bucket:Bucket";
export const subnet = "aws:ec2/subnet:Subnet";

/** A provider in eu-central-1, with a Pulumi home of its own. */
export class Aws {
  readonly home = mkdtempSync(join(tmpdir(), "apg-aws-"));
  provider: ResourceProvider = this.start();

  /** The provider as a new process. */
  start(): ResourceProvider {
    this.provider = awsProvider(typings, new Ledger(this.home));
    this.provider.configure!({ region: "eu-central-1", defaultTags: '{"tags":{"environment":"test"}}' });
    return this.provider;
  }

  remove(): void {
    rmSync(this.home, { recursive: true });
  }

  async check(type: string, inputs: Values, old: Values = {}) {
    return this.provider.check(subject(type), old, inputs, seed);
  }

  async refusals(type: string, inputs: Values): Promise<string[]> {
    const { refusals } = await this.check(type, inputs);
    return refusals.map(({ property, reason }) => `${property}: ${reason}`);
  }

  async up(type: string, given: Values) {
    const { inputs, refusals } = await this.check(type, given);
    assert.deepEqual(refusals, []);
    return this.provider.create(subject(type), inputs, false);
  }
}
