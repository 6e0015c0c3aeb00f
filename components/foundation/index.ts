import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { ArgumentsError } from "../validation.ts";
import { ExistingCluster } from "./existing-cluster.ts";

/** Where capabilities run; exactly one of the two. */
export interface FoundationConfig {
  /** A cluster that is already there. */
  cluster?: {
    /** Content of a kubeconfig file; kept secret. @default the one that kubectl uses */
    kubeconfig?: pulumi.Input<string>;
    /** Context of the kubeconfig. @default its current context */
    context?: string;
  };
  /** Name of the stack that owns the foundation and exports it as `foundation`: organization/project/stack. */
  stack?: string;
}

/** What a stack exports as `foundation`, so that other stacks can use its cluster. */
export interface FoundationExports {
  /** Content of the kubeconfig file, secret; undefined when the one that kubectl uses serves. */
  kubeconfig?: string;
  /** Context of the kubeconfig; undefined for its current one. */
  context?: string;
  /** Name of the priority class of capabilities' pods. */
  priorityClassName: string;
}

/** The ground that capabilities stand on, whether this stack owns it or another does. */
export interface Foundation {
  /** Kubernetes provider for everything that runs there. */
  provider: pulumi.ProviderResource;
  /** Name of the priority class of capabilities' pods. */
  priorityClassName: pulumi.Output<string>;
  /** To be exported as `foundation`; secret when it holds a kubeconfig. */
  exports: pulumi.Output<FoundationExports>;
}

/** Lays the foundation: a cluster of this stack, or the one that another stack exports. */
export function createFoundation(config: FoundationConfig): Foundation {
  if (config.cluster !== undefined && config.stack === undefined) return ownFoundation(config.cluster);
  if (config.stack !== undefined && config.cluster === undefined) return foundationOf(config.stack);
  const given = config.stack === undefined ? "neither of" : "both";
  throw new ArgumentsError("foundation", [
    { path: "cluster", reason: `${given} cluster and stack given; exactly one is needed.` },
  ]);
}

function ownFoundation(config: NonNullable<FoundationConfig["cluster"]>): Foundation {
  const { provider, priorityClassName, kubeconfig, context } = new ExistingCluster("foundation", config);
  return { provider, priorityClassName, exports: pulumi.output({ kubeconfig, context, priorityClassName }) };
}

function foundationOf(stack: string): Foundation {
  const reference = new pulumi.StackReference("foundation", { name: stack });
  const exports = reference.requireOutput("foundation") as pulumi.Output<FoundationExports>;
  // The kubeconfig makes all of it secret; the names are none, and what they are used in must stay readable.
  const priorityClassName = pulumi.unsecret(exports.apply((known) => known.priorityClassName));
  const provider = new Provider("foundation", {
    kubeconfig: exports.apply(({ kubeconfig }) => kubeconfig as string),
    context: pulumi.unsecret(exports.apply(({ context }) => context as string)),
    enableServerSideApply: true,
  });
  return { provider, priorityClassName, exports };
}
