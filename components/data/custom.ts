import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import type * as pulumi from "@pulumi/pulumi";

/** A resource of an operator's own kind; its schema is the operator's, and the cluster checks it. */
export function custom(
  name: string,
  apiVersion: string,
  kind: string,
  metadata: k8s.meta.v1.ObjectMeta,
  spec: object,
  opts: pulumi.CustomResourceOptions,
): CustomResource {
  return new CustomResource(name, { apiVersion, kind, metadata, spec }, opts);
}
