const defaultRegistry = "docker.io";

/**
 * An image reference in full, as containerd keeps it and as Docker reads it: "redis:7" is docker.io/library/redis:7, and
 * a name without tag and digest has the tag latest.
 */
export function normalised(reference: string): string {
  const slash = reference.indexOf("/");
  const first = slash < 0 ? "" : reference.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const host = !isHost || first === "index.docker.io" ? defaultRegistry : first;
  const path = isHost ? reference.slice(slash + 1) : reference;
  const repository = host === defaultRegistry && !path.includes("/") ? `library/${path}` : path;
  const isComplete = /[:@]/.test(repository);
  return `${host}/${repository}${isComplete ? "" : ":latest"}`;
}

/** The two parts of a reference: its name in full, with the tag if it has one, and its digest. */
export function parted(reference: string): { name: string; digest?: string } {
  const [name = "", digest] = normalised(reference).split("@");
  return digest === undefined ? { name } : { name, digest };
}
