// Images that operators start in the namespaces of capabilities, beside what is declared there: in the pods of databases and
// of the gateway. The cluster admits images of the declared registries alone there, so these have copies in them.
import { imageObjection } from "../../checklist/image.ts";
import { charts } from "./charts.ts";
import { unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** Copies of these images in a registry of the platform's own, each as `repository:1.2.3@sha256:<64 hex digits>`. */
export interface OperatorImagesArgs {
  /** CloudNativePG itself, which starts in each pod of a database and of its poolers first. @default its chart's, without a digest (AUD-INFRA-01) */
  cloudnativePg?: string;
  /** The Barman Cloud plugin's container beside each database. @default its chart's, without a digest (AUD-INFRA-01) */
  barmanSidecar?: string;
  /** Envoy Gateway itself, which runs beside Envoy and lets requests end. @default its chart's, without a digest (AUD-INFRA-01) */
  envoyGateway?: string;
}

/** Which release starts each of them, and where that has it from. */
export const startedImages = Object.freeze({
  cloudnativePg: { release: "cloudnative-pg", registry: "ghcr.io/cloudnative-pg" },
  barmanSidecar: { release: "plugin-barman-cloud", registry: "ghcr.io/cloudnative-pg" },
  envoyGateway: { release: "envoy-gateway", registry: "docker.io/envoyproxy" },
} satisfies Record<keyof OperatorImagesArgs, { release: string; registry: string }>);

/** Names of them, as stack files have them. */
export const startedImageNames = Object.keys(startedImages) as (keyof OperatorImagesArgs)[];

/** Registries of those that have no copy: these have to be let in as they are. */
export function registriesWithoutCopy(images: OperatorImagesArgs = {}): string[] {
  const missing = startedImageNames.filter((name) => images[name] === undefined);
  return [...new Set(missing.map((name) => startedImages[name].registry))];
}

/** Envoy Gateway's image: it compiles in another for its helper, which moves. */
export function gatewayImage({ envoyGateway }: OperatorImagesArgs): string {
  const { release, registry } = startedImages.envoyGateway;
  return envoyGateway ?? `${registry}/gateway:${charts.find(({ name }) => name === release)!.version}`;
}

/** An image's parts, as charts take them; the digest is the end of the tag. */
export function partsOf(image: string): { registry: string; repository: string; tag: string } {
  const start = image.indexOf("/");
  const colon = image.indexOf(":", start);
  return { registry: image.slice(0, start), repository: image.slice(start + 1, colon), tag: image.slice(colon + 1) };
}

/** What is wrong with images: without a digest, or without a registry. */
export function operatorImageProblems(images: OperatorImagesArgs = {}): Problem[] {
  return startedImageNames.flatMap((name) => {
    const image = images[name];
    if (image === undefined) return [];
    const objection =
      imageObjection(image, { digestRequired: true }) ??
      (image.includes("/")
        ? undefined
        : "it has no registry, registry.example/repository:1.2.3@sha256:<64 hex digits> is accepted (CV-IMG-04)");
    return objection === undefined ? [] : unless(false, `images.${name}`, image, objection);
  });
}
