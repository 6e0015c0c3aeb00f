// A database, a cache and an object store of the sandbox's own images, small and without replicas: enough for a capability to
// keep something in each. What they take to be production's is the data components' business.
const labels = (name: string) => ({ app: name });
const memory = (limit: string) => ({ requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: limit } });

const secret = "kept-by-nobody-else";

export interface StoreParts {
  namespace: string;
  /** Namespace of the capability. */
  client: string;
}

interface Server {
  name: string;
  image: string;
  port: number;
  command: string[];
  env?: Record<string, string>;
  user: number;
}

const servers: Server[] = [
  {
    name: "postgres",
    image: "ghcr.io/cloudnative-pg/postgresql:15",
    port: 5432,
    user: 26,
    command: [
      "bash",
      "-ec",
      `printf '%s' "$PASSWORD" > /data/password
       initdb --pgdata=/data/db --auth=scram-sha-256 --username=app --pwfile=/data/password
       echo 'host all all all scram-sha-256' >> /data/db/pg_hba.conf
       exec postgres -D /data/db -c listen_addresses='*' -c unix_socket_directories=/data`,
    ],
    env: { PASSWORD: secret },
  },
  {
    name: "redis",
    image: "redis:7.0.15",
    port: 6379,
    user: 999,
    command: ["redis-server", "--requirepass", secret, "--dir", "/data", "--protected-mode", "no"],
  },
  {
    name: "objects",
    image: "versity/versitygw:v1.8.0",
    port: 7070,
    user: 65532,
    command: ["/usr/local/bin/versitygw", "--port", ":7070", "posix", "/data"],
    env: {
      ROOT_ACCESS_KEY: "items",
      ROOT_SECRET_KEY: secret,
      ROOT_ACCESS_KEY_ID: "items",
      ROOT_SECRET_ACCESS_KEY: secret,
    },
  },
];

/** Images that they run. */
export const storeImages = ["postgresql", "redis", "versitygw"];
export const storeNames = servers.map(({ name }) => name);

export function storeObjects({ namespace, client }: StoreParts): object[] {
  const { postgres, redis } = { postgres: `postgres.${namespace}.svc:5432`, redis: `redis.${namespace}.svc:6379` };
  return [
    ...servers.flatMap((server) => [podOf(server, namespace), serviceOf(server, namespace)]),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "stores", namespace: client },
      stringData: {
        database: `postgres://app:${secret}@${postgres}/postgres?sslmode=disable`,
        redis: `redis://:${secret}@${redis}/0`,
        accessKey: "items",
        secretKey: secret,
      },
    },
  ];
}

function podOf({ name, image, port, command, env = {}, user }: Server, namespace: string) {
  const volumeMounts = [
    { name: "data", mountPath: "/data" },
    { name: "tmp", mountPath: "/tmp" },
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: labels(name) },
    spec: {
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsUser: user, runAsGroup: user, fsGroup: user },
      initContainers: [
        { name: "bucket", image: "busybox:1.35", command: ["mkdir", "-p", "/data/items"], volumeMounts },
      ].filter(() => name === "objects"),
      containers: [
        {
          name,
          image,
          command,
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          resources: memory("256Mi"),
          readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMounts,
        },
      ],
      volumes: volumeMounts.map((mount) => ({ name: mount.name, emptyDir: {} })),
    },
  };
}

function serviceOf({ name, port }: Server, namespace: string) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: labels(name), ports: [{ port }] },
  };
}

/** What the stack's configuration says of them: whom the capability calls, and where it finds its secrets. */
export function withStores(config: string, namespace: string): string {
  const services = servers.map(
    ({ name, port }) =>
      `    ${name}:\n      namespace: ${namespace}\n      podLabels: { app: ${name} }\n      ports: [${port}]\n`,
  );
  const secrets = Object.entries({
    DATABASE_URL: "database",
    REDIS_URL: "redis",
    AWS_ACCESS_KEY_ID: "accessKey",
    AWS_SECRET_ACCESS_KEY: "secretKey",
  }).map(([env, key]) => `        - { env: ${env}, secretName: stores, key: ${key} }\n`);
  return config
    .replace("  apg:services:\n", `  apg:services:\n${services.join("")}`)
    .replace(
      "      settings:\n",
      `      secrets:\n${secrets.join("")}      settings:\n        S3_BUCKET: items\n        S3_REGION: us-east-1\n        S3_ENDPOINT: http://objects.${namespace}.svc:7070\n`,
    )
    .replace("      connectsTo: [", `      connectsTo: [${storeNames.join(", ")}, `);
}
