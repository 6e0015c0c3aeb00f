import type * as pulumi from "@pulumi/pulumi";
import { selectorLabels, workloadLabels } from "../capability/naming.ts";

/** Whose data it is, and where. */
export interface Home {
  /** Namespace of everything that belongs to it. */
  namespace: pulumi.Input<string>;
  /** Name of the capability. */
  capability: string;
  /** Name of the environment. */
  environment: string;
}

/** What all parts of a data service have in common: the arguments, and what their objects are called and labelled. */
export class Parts<Args extends Home> {
  readonly name: string;
  readonly args: Args;
  readonly child: pulumi.CustomResourceOptions;

  constructor(name: string, args: Args, parent: pulumi.Resource) {
    this.name = name;
    this.args = args;
    this.child = { parent };
  }

  labels(component: string): { [label: string]: string } {
    const { capability, environment } = this.args;
    return workloadLabels({ capability, environment, component });
  }

  selector(component: string): { [label: string]: string } {
    const { capability, environment } = this.args;
    return selectorLabels({ capability, environment, component });
  }

  metadata(objectName: string, component: string) {
    return { name: objectName, namespace: this.args.namespace, labels: this.labels(component) };
  }
}
