/** Lengths of a metadata document that IAM takes. */
const lengths = { min: 1000, max: 10_000_000 };

const opening = /^\s*(?:<\?xml[^>]*\?>\s*)?<((?:[\w-]+:)?)EntityDescriptor\s[^>]*>/;

/** What is accepted as the metadata of an identity provider, in words. */
export const samlMetadataAccepted =
  "the XML by which an identity provider describes itself, an EntityDescriptor with an IDPSSODescriptor and of at least " +
  `${lengths.min} characters, is accepted (CV-NET-06)`;

/**
 * Whether a text is the metadata of an identity provider, as far as its outside shows; IAM reads the rest. What describes the
 * side that asks who comes has an SPSSODescriptor instead, and is easily taken for it.
 */
export function isSamlMetadata(text: string): boolean {
  const prefix = opening.exec(text)?.[1];
  return (
    prefix !== undefined &&
    text.length >= lengths.min &&
    text.length <= lengths.max &&
    text.includes(`<${prefix}IDPSSODescriptor`) &&
    text.trimEnd().endsWith(`</${prefix}EntityDescriptor>`)
  );
}
