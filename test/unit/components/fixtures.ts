/** An image reference as production takes it. */
export const image = `registry.test/apg/audio:1.4.2@sha256:${"0123456789abcdef".repeat(4)}`;

/** Labels of everything in the namespace of the capability and environment of these tests. */
export const capabilityLabels = {
  "apg.io/capability": "audio-processing",
  "apg.io/environment": "prod",
  "app.kubernetes.io/managed-by": "pulumi",
  "app.kubernetes.io/part-of": "apg-platform",
};

/** Labels that select the application's pods. */
export const podLabels = { "app.kubernetes.io/component": "api", "app.kubernetes.io/name": "audio-processing" };
