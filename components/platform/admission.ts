import type * as pulumi from "@pulumi/pulumi";
import { restrictImages } from "../foundation/image-admission.ts";
import { restrictHostAccess, restrictResources, restrictTokens } from "../foundation/pod-admission.ts";
import { restrictServices } from "../foundation/service-admission.ts";
import { registriesWithoutCopy } from "../operators/images.ts";
import type { OperatorImagesArgs } from "../operators/images.ts";
import type { AdmissionConfig } from "./config.ts";

/**
 * Keeps true at run time what the policies ask of a plan (CV-AUDIT-03). What operators start in capabilities' namespaces comes
 * from the declared registries too where it has copies; otherwise its own registries are let in, and no digest is asked for,
 * as charts name none.
 *
 * @param copies Images that operators start there.
 */
export function restrict(
  name: string,
  config: AdmissionConfig,
  copies: OperatorImagesArgs | undefined,
  opts: pulumi.CustomResourceOptions,
): void {
  const { hostAccess = true, resources = true, services = true, tokens = true, registries } = config;
  if (hostAccess) restrictHostAccess(name, opts);
  if (resources) restrictResources(name, opts);
  if (services) restrictServices(name, opts);
  if (tokens) restrictTokens(name, opts);
  if (!refusesOtherRegistries(config)) return;
  const others = registriesWithoutCopy(copies);
  restrictImages(name, { registries: [...registries, ...others], allowUndigested: others.length > 0 }, opts);
}

/** Whether the cluster itself refuses images of registries that nobody declared (CV-IMG-04). */
export function refusesOtherRegistries(config: AdmissionConfig | undefined): boolean {
  return config !== undefined && config.images !== false && config.registries.length > 0;
}
