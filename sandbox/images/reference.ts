/** An image reference in full, as containerd keeps it: "redis:7" is docker.io/library/redis:7. A digest after a tag stays. */
export function normalised(reference: string): string {
  const first = reference.split("/")[0]!;
  const hasHost = reference.includes("/") && (/[.:]/.test(first) || first === "localhost");
  if (hasHost) return reference;
  return reference.includes("/") ? `docker.io/${reference}` : `docker.io/library/${reference}`;
}
