// Images of databases, which the operator puts into its pods, and images that nobody maintains any more.
import { objectRule, podRule, notConcerned } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { tagOf } from "../lib/postgres.ts";
import { abandonedImages } from "../limits.ts";

export const imagesAreMaintained = podRule({
  name: "images-are-maintained",
  decides: [],
  contributesTo: ["AUD-INFRA-01", "CV-IMG-05"],
  severity: "high",
  description: "No image is of a publisher that has stopped fixing it: Bitnami's free images, and MinIO.",
  fix: "Use the image of the project itself, and an operator where the project has one.",
  check: (pod, complain) => {
    for (const { value, title } of pod.allContainers) {
      const image = value.get("image").string() ?? "";
      if (!abandonedImages.test(image)) continue;
      complain(`${title} uses the image ${image}, which gets no fixes any more: use one that is maintained.`);
    }
    return notConcerned;
  },
});

/** A version of PostgreSQL has two numbers; what follows says how and when the image was built. */
const version = /^\d+\.\d+([.-][\w.-]+)?$/;

export const databaseImagesArePinned = objectRule({
  name: "database-images-are-pinned",
  decides: [],
  contributesTo: ["AUD-INFRA-01", "CV-IMG-05"],
  severity: "high",
  description:
    "Every image that an operator runs for a database is named by its version and its digest, and is maintained.",
  fix: "Name the image by its version and its digest, repository:15.10@sha256:<64 hex digits>.",
  settings: {
    requireDigest: {
      type: "boolean",
      default: true,
      description: "Whether an image needs a digest besides its version.",
    },
    requireMinor: {
      type: "boolean",
      default: true,
      description: "Whether an image's tag must say the minor release, and not the major one alone.",
    },
  },
  kinds: ["Cluster", "Pooler"],
  check: (object, complain, { requireDigest, requireMinor }) => {
    const images = imagesOf(object);
    if (images.length === 0)
      complain(`${object.title} leaves its image to the operator: name it by its version and its digest.`);
    for (const image of images) {
      const ask = (what: string, todo: string) =>
        complain(`${object.title} uses the image ${image}, ${what}: ${todo}.`);
      if (abandonedImages.test(image)) ask("which gets no fixes any more", "use one that is maintained");
      const tag = tagOf(image) ?? "";
      if (!version.test(tag) && (requireMinor === true || !/^\d+$/.test(tag)))
        ask("whose tag is no whole version", "name it by one, such as 15.10");
      else if (requireDigest === true && !/@sha256:[0-9a-f]{64}$/.test(image))
        ask("which can be moved", "add its digest, @sha256:<64 hex digits>");
    }
  },
});

function imagesOf({ kind, spec }: KubernetesObject): string[] {
  if (kind === "Cluster") {
    const image = spec.get("imageName").string();
    return image === undefined ? [] : [image];
  }
  return spec
    .at("template.spec.containers")
    .list()
    .flatMap((container) => container.get("image").string() ?? []);
}
