import type * as pulumi from "@pulumi/pulumi";
import { selectorLabels, workloadLabels } from "../../capability/naming.ts";
import type { GivenRedis } from "./args.ts";
import * as names from "./names.ts";

/** What all parts of a group have in common. */
export class Group {
  readonly name: string;
  readonly args: GivenRedis;
  readonly child: pulumi.CustomResourceOptions;

  constructor(name: string, args: GivenRedis, parent: pulumi.Resource) {
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

  count(component: names.Component): number {
    return component === names.redis ? this.args.replicas : this.args.sentinels;
  }

  podNames(component: names.Component): string[] {
    return names.podNames(component, this.count(component));
  }
}
