import * as pulumi from "@pulumi/pulumi";

/** Whether a name is a domain, or lies in it: whether the domain's zone can have records of it. */
export function liesIn(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}

/**
 * A resource's name as it was asked for. Whoever uses it waits for the resource, and it is known at preview even where
 * nothing else of the resource is: outputs of what lives in a cluster that is not there yet are unknown, and policies would
 * refuse what they cannot read. Only for names that the cluster takes as they are given.
 */
export function nameOf(resource: pulumi.Resource, name: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.all([resource.urn, name]).apply(([, asked]) => asked);
}
