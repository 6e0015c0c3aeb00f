import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { refuse, unless } from "../validation.ts";
import { groundDefaults, layGround } from "./ground.ts";

/** Arguments of `ExistingCluster`. */
export interface ExistingClusterArgs {
  /** Content of a kubeconfig file; kept secret. @default the one that kubectl uses */
  kubeconfig?: pulumi.Input<string>;
  /** Context of the kubeconfig. @default its current context */
  context?: string;
}

export const existingClusterDefaults = groundDefaults;

/** A cluster that is already there: access to it, and what capabilities need once for all of them. */
export class ExistingCluster extends pulumi.ComponentResource {
  /** Kubernetes provider of this cluster. */
  readonly provider: Provider;
  /** Name of the priority class of capabilities' pods. */
  readonly priorityClassName: pulumi.Output<string>;
  /** Content of the kubeconfig file, secret; undefined when the one that kubectl uses serves. */
  readonly kubeconfig?: pulumi.Output<string>;
  /** Context of the kubeconfig; undefined for its current one. */
  readonly context?: string;

  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const kubeconfig = args.kubeconfig === undefined ? undefined : pulumi.secret(args.kubeconfig);
    super("apg:foundation:ExistingCluster", name, { ...args, kubeconfig }, opts);
    refuse(name, unless(args.context !== "", "context", "", "the name of a context is needed, or nothing at all"));

    this.kubeconfig = kubeconfig;
    this.context = args.context;
    this.provider = new Provider(
      name,
      { kubeconfig, context: args.context, enableServerSideApply: true },
      { parent: this },
    );
    this.priorityClassName = layGround(name, { parent: this, provider: this.provider });

    this.registerOutputs({
      priorityClassName: this.priorityClassName,
      kubeconfig: this.kubeconfig,
      context: this.context,
    });
  }
}
