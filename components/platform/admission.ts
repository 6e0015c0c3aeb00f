import type * as pulumi from "@pulumi/pulumi";
import { restrictImages } from "../foundation/image-admission.ts";
import { restrictHostAccess, restrictResources, restrictTokens } from "../foundation/pod-admission.ts";
import { restrictServices } from "../foundation/service-admission.ts";
import type { AdmissionConfig } from "./config.ts";

/** The operator of the databases runs its own image in their pods first; its chart names it, by version and without a digest. */
const operatorsImages = "ghcr.io/cloudnative-pg";

/** Keeps true at run time what the policies ask of a plan (CV-AUDIT-03). */
export function restrict(name: string, config: AdmissionConfig, opts: pulumi.CustomResourceOptions): void {
  const { hostAccess = true, resources = true, services = true, tokens = true, images = true, registries } = config;
  if (hostAccess) restrictHostAccess(name, opts);
  if (resources) restrictResources(name, opts);
  if (services) restrictServices(name, opts);
  if (tokens) restrictTokens(name, opts);
  if (images && registries.length > 0)
    restrictImages(name, { registries: [...registries, operatorsImages], allowUndigested: true }, opts);
}
