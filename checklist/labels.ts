// The labels by which a namespace, and everything in it, says whose it is.

/** Names the capability that a resource belongs to. */
export const capabilityLabel = "apg.io/capability";

/** Names the environment that a resource is part of. */
export const environmentLabel = "apg.io/environment";

/** Names the part of a capability that a namespace beside its main one is for, such as drills. */
export const partLabel = "apg.io/part";

/** The namespace of a capability, or of a part of it, in an environment (AUD-PROD-01). */
export function homeNamespace(capability: string, environment: string, part?: string): string {
  return ["apg", capability, ...(part === undefined ? [] : [part]), environment].join("-");
}

/** The capability that all others stand behind: what belongs to it speaks about each of them. */
export const sharedCapability = "gateway";
