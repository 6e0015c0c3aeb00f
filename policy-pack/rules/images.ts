// Image references: a version that people can read, and a digest that nobody can move.
import { podRule } from "../lib/define.ts";

const name = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
const repository = `${name}(?::\\d+)?(?:/${name})*`;
// Many projects set a v before their versions.
const version = "v?(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)(?:-[0-9A-Za-z.-]+)?";
const tagged = new RegExp(`^${repository}:${version}(?:@sha256:[0-9a-f]{64})?$`);
const pinned = /@sha256:[0-9a-f]{64}$/;

export const imagesArePinned = podRule({
  name: "images-are-pinned",
  decides: [],
  contributesTo: ["AUD-INFRA-01", "CV-IMG-05"],
  severity: "high",
  description: "Every image is named repository:MAJOR.MINOR.PATCH@sha256:<digest>, never latest.",
  fix: "Name the image by its semantic version and its digest, repository:1.2.3@sha256:<64 hex digits>.",
  settings: {
    requireDigest: {
      type: "boolean",
      default: true,
      description: "Whether an image needs a digest besides its version.",
    },
  },
  check: (pod, complain, { requireDigest }) => {
    const wanted = requireDigest === true ? "repository:1.2.3@sha256:<digest>" : "repository:1.2.3";
    const judge = (title: string, image: string) => {
      if (!tagged.test(image))
        complain(`${title} uses the image ${image}: name it ${wanted}, with a semantic version.`);
      else if (requireDigest === true && !pinned.test(image)) {
        complain(`${title} uses the image ${image}, which can be moved: add its digest, ${wanted}.`);
      }
    };
    for (const { value, title } of pod.allContainers) judge(title, value.get("image").string() ?? "(none)");
    for (const volume of pod.spec.get("volumes").list()) {
      const image = volume.at("image.reference").string();
      if (image !== undefined) judge(`Volume "${volume.get("name").string() ?? ""}" of ${pod.title}`, image);
    }
  },
});
