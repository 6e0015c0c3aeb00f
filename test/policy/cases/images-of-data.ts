import { all, copy, drop, set, unset } from "../fixtures.ts";
import { digest } from "../good-stack.ts";
import { containerPath, container, namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { cluster } from "./postgres.ts";

/** A StatefulSet that runs a program by itself. */
const plain = (image: string) =>
  all(
    copy("redis", "plain", set("plain", "metadata.name", "plain")),
    set("plain", "spec.template.metadata.labels", { app: "plain" }),
    set("plain", `${containerPath}.name`, "main"),
    set("plain", `${containerPath}.image`, image),
    unset("plain", `${containerPath}.command`),
  );
const plainMain = `Container "main" of StatefulSet "${namespace}/plain"`;

export const imagesOfDataCases: RuleCases[] = [
  {
    rule: "databases-run-under-an-operator",
    of: "data",
    proves: "nothing",
    good: [
      {
        when: "a job only calls one",
        change: set("drill", "spec.jobTemplate.spec.template.spec.containers.0.image", "postgres:15.14"),
      },
    ],
    bad: ["postgres:15.14", `docker.io/bitnami/postgresql-repmgr:15.4.0@${digest}`, "mysql:8.4.0", "mongo:7.0.1"].map(
      (image) => ({
        when: `a StatefulSet runs ${image}`,
        change: plain(image),
        on: "plain",
        says: [
          `${plainMain} runs ${image.replace(/^.*\//, "").split(/[:@]/)[0]} by itself, which nobody fails over or backs up: declare a Cluster of postgresql.cnpg.io.`,
        ],
      }),
    ),
  },
  {
    rule: "images-are-maintained",
    proves: "nothing",
    bad: [
      `docker.io/bitnami/redis:7.4.1@${digest}`,
      `bitnamilegacy/postgresql:15.4.0@${digest}`,
      `quay.io/minio/minio:1.0.0@${digest}`,
      `minio/mc:1.0.0@${digest}`,
    ].map((image) => ({
      when: `one is ${image.split("@")[0]}`,
      change: set("deployment", `${containerPath}.image`, image),
      on: "deployment",
      says: [`${container} uses the image ${image}, which gets no fixes any more: use one that is maintained.`],
    })),
  },
  {
    rule: "database-images-are-pinned",
    of: "data",
    bad: [
      {
        when: "the digest is missing",
        change: set("cluster", "spec.imageName", "registry.test/postgresql:15.14"),
        on: "cluster",
        says: [
          `${cluster} uses the image registry.test/postgresql:15.14, which can be moved: add its digest, @sha256:<64 hex digits>.`,
        ],
      },
      {
        when: "the pooler's is the operator's",
        change: all(drop("pooler-ro"), unset("pooler-rw", "spec.template")),
        on: "pooler-rw",
        says: [
          `Pooler "${namespace}/postgres-pooler-rw" leaves its image to the operator: name it by its version and its digest.`,
        ],
      },
      {
        when: "it is abandoned, and of a major version only",
        change: set("cluster", "spec.imageName", `bitnami/postgresql:15@${digest}`),
        on: "cluster",
        says: [
          `${cluster} uses the image bitnami/postgresql:15@${digest}, which gets no fixes any more: use one that is maintained.`,
          `${cluster} uses the image bitnami/postgresql:15@${digest}, whose tag is no whole version: name it by one, such as 15.10.`,
        ],
      },
    ],
  },
];
