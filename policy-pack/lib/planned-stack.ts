// A stack's planned resources, indexed once for all rules that look at several of them.
import { CloudResource } from "./cloud.ts";
import { StackConfig } from "./config.ts";
import { objectsIn } from "./kubernetes.ts";
import type { Kind, KubernetesObject } from "./kubernetes.ts";
import { podKinds } from "./pod.ts";
import type { PlannedResource } from "./rule.ts";

export class PlannedStack {
  readonly resources: readonly PlannedResource[];
  #objects: Map<Kind, KubernetesObject[]> | undefined;
  #config: StackConfig | undefined;

  constructor(resources: readonly PlannedResource[]) {
    this.resources = resources;
  }

  /** Every Kubernetes object of these kinds, the items of Lists included. */
  ofKind(...kinds: readonly Kind[]): KubernetesObject[] {
    this.#objects ??= this.#index();
    return kinds.flatMap((kind) => this.#objects?.get(kind) ?? []);
  }

  /** The same in one namespace. An object whose namespace is not known makes the question undecidable, so it throws. */
  inNamespace(namespace: string, ...kinds: readonly Kind[]): KubernetesObject[] {
    return this.ofKind(...kinds).filter((object) => object.namespace === namespace);
  }

  /** The object of that name, if this stack plans it. */
  named(kind: Kind, namespace: string, name: string): KubernetesObject | undefined {
    return this.inNamespace(namespace, kind).find((object) => object.name === name);
  }

  namespace(name: string): KubernetesObject | undefined {
    return this.ofKind("Namespace").find((object) => object.name === name);
  }

  /** The resources of these types, by their Pulumi tokens. */
  ofType(...types: readonly string[]): CloudResource[] {
    return this.resources.filter(({ type }) => types.includes(type)).map((resource) => new CloudResource(resource));
  }

  get config(): StackConfig {
    return (this.#config ??= new StackConfig(this.resources));
  }

  /** Everything that is a pod or makes pods. */
  get workloads(): KubernetesObject[] {
    return this.ofKind(...podKinds);
  }

  #index(): Map<Kind, KubernetesObject[]> {
    const index = new Map<Kind, KubernetesObject[]>();
    for (const object of this.resources.flatMap(objectsIn)) {
      const sameKind = index.get(object.kind);
      if (sameKind === undefined) index.set(object.kind, [object]);
      else sameKind.push(object);
    }
    return index;
  }
}
