// Which images must be signed, and by whom. Whether an unsigned one is refused, only a cluster with the controller can tell.
import assert from "node:assert/strict";
import { ImagePolicy } from "../../../../components/security/image-policy.ts";
import type { ImagePolicyArgs } from "../../../../components/security/image-policy.ts";
import { record, refusal } from "../../recorder.ts";
import type { Inputs } from "../../recorder.ts";

const subject = "https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main";
const registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const declare = (args: Partial<ImagePolicyArgs> = {}) =>
  new ImagePolicy("signed", { registries: [registry], signers: [{ subject }], ...args });
const type = "kubernetes:policy.sigstore.dev/v1beta1:ClusterImagePolicy";

describe("ImagePolicy", () => {
  it("admits images of the registry that the pipeline has signed", async () => {
    const recording = await record(declare);
    assert.deepEqual(recording.paths, [`apg:security:ImagePolicy$${type}::signed`, "apg:security:ImagePolicy::signed"]);
    assert.deepEqual(recording.inputs(type).spec, {
      mode: "enforce",
      images: [{ glob: `${registry}/**` }],
      authorities: [
        {
          name: "pipeline",
          keyless: {
            url: "https://fulcio.sigstore.dev",
            identities: [{ issuer: "https://token.actions.githubusercontent.com", subject }],
          },
          ctlog: { url: "https://rekor.sigstore.dev" },
        },
      ],
    });
  });

  it("admits those that a key has signed", async () => {
    const kmsKey = "awskms:///arn:aws:kms:eu-central-1:123456789012:key/0f0e";
    const recording = await record(() => declare({ signers: [], publicKey: "-----BEGIN PUBLIC KEY-----", kmsKey }));
    assert.deepEqual((recording.inputs(type).spec as Inputs).authorities, [
      { name: "key", key: { data: "-----BEGIN PUBLIC KEY-----", hashAlgorithm: "sha256" } },
      { name: "kms", key: { kms: kmsKey, hashAlgorithm: "sha256" } },
    ]);
  });

  it("refuses to trust nobody, or anybody", async () => {
    assert.deepEqual(await refusal(() => declare({ signers: [] })), [
      "signed.signers: nobody given; who signs is needed, or a key, or no image could run (CV-IMG-06).",
    ]);
    const anybody = { registries: ["*"], signers: [{ issuer: "http://x", subject: "https://github.com/*" }] };
    assert.deepEqual(await refusal(() => declare(anybody)), [
      "signed.registries[0]: * given; a registry such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com is accepted, without a * (AUD-SEC-04).",
      "signed.signers[0].issuer: http://x given; an https URL is accepted (CV-IMG-06).",
      "signed.signers[0].subject: https://github.com/* given; the identity of one workflow is accepted, such as https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main (CV-IMG-06).",
    ]);
    assert.deepEqual(await refusal(() => declare({ registries: [] })), [
      "signed.registries: none given; at least one is needed (AUD-SEC-04).",
    ]);
  });
});
