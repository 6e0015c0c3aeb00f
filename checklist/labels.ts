// The labels by which a namespace, and everything in it, says whose it is.

/** Names the capability that a resource belongs to. */
export const capabilityLabel = "apg.io/capability";

/** Names the environment that a resource is part of. */
export const environmentLabel = "apg.io/environment";
