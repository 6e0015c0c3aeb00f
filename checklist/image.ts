// What a container image may be called: a fixed version, and outside the sandbox the very bytes that were scanned.

const repository = /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/;
// Many projects set a v before their versions.
const semanticVersion = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;
const digest = /^sha256:[0-9a-f]{64}$/;

/** What to give instead of this image reference; undefined when it is acceptable. */
export function imageObjection(image: string, options: { digestRequired: boolean }): string | undefined {
  const form = `"repository:1.2.3${options.digestRequired ? "@sha256:<64 hex digits>" : ""}" is accepted`;
  const [named = "", ...digests] = image.split("@");
  // A colon before the last slash belongs to a registry's port.
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (!repository.test(colon < 0 ? named : named.slice(0, colon)) || digests.length > 1)
    return `no valid image reference, ${form} (AUD-INFRA-01)`;
  if (tag === undefined) return `it has no version tag, ${form} (CV-IMG-05)`;
  if (tag === "latest") return `the tag latest can move to other bytes, ${form} (CV-IMG-05)`;
  if (!semanticVersion.test(tag)) return `the tag is no semantic version, ${form} (CV-IMG-05)`;
  if (digests.length === 0)
    return options.digestRequired
      ? `it has no digest, which only the sandbox may leave out, ${form} (AUD-INFRA-01, CV-IMG-05)`
      : undefined;
  return digest.test(digests[0]!)
    ? undefined
    : `the digest is malformed, "sha256:" and 64 hex digits are accepted (AUD-INFRA-01)`;
}
