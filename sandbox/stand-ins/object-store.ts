// The keys of the object store, handed to every capability: in the cloud a pod would have an identity, here it has a Secret.
export interface Namespace {
  metadata: {
    name: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    deletionTimestamp?: string;
  };
}

/** Names of the Secrets in a capability's namespace. */
export const adminSecret = "object-store-admin";
export const authoritySecret = "object-store-authority";

/** Whether it is a capability's, and stays. */
export const isServed = ({ metadata: { labels, deletionTimestamp } }: Namespace): boolean =>
  labels?.["apg.io/capability"] !== undefined && deletionTimestamp === undefined;

/** The Secrets of a namespace: the keys, and the authority that signed the server's certificate. */
export function objectStoreSecrets(namespace: string, keys: Record<string, string>, authority: string) {
  const secret = (name: string, texts: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    metadata: { name, namespace },
    data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")])),
  });
  return [secret(adminSecret, keys), secret(authoritySecret, { "ca.crt": authority })];
}
