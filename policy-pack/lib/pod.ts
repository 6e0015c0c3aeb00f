// The pods in a plan: every kind that has a pod template, found in one place, so that no rule forgets CronJobs.
import type { Kind, KubernetesObject } from "./kubernetes.ts";
import { selects } from "./selector.ts";
import type { Value } from "./value.ts";

/** Where each kind keeps its pod. */
const templates = {
  Pod: "",
  PodTemplate: "template",
  CronJob: "spec.jobTemplate.spec.template",
  DaemonSet: "spec.template",
  Deployment: "spec.template",
  Job: "spec.template",
  ReplicaSet: "spec.template",
  ReplicationController: "spec.template",
  StatefulSet: "spec.template",
} as const satisfies Partial<Record<Kind, string>>;

export const podKinds = Object.keys(templates) as (keyof typeof templates)[];

/** The kinds that run an application for good, which the checklists' rules on availability speak of. */
export const serviceKinds = ["Deployment", "StatefulSet"] as const satisfies readonly Kind[];

/** The kinds whose pods run on, not to an end. */
export const runningKinds = [
  "Pod",
  "PodTemplate",
  "DaemonSet",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
] as const satisfies readonly Kind[];

/** What nodes are spread by. */
export const zoneKey = "topology.kubernetes.io/zone";
export const hostKey = "kubernetes.io/hostname";

/** A container of any sort. */
export interface Container {
  readonly value: Value;
  readonly list: "containers" | "initContainers" | "ephemeralContainers";
  readonly name: string;
  /** Runs beside the main containers all the time: an init container that is restarted. */
  readonly isSidecar: boolean;
  /** How messages name it: Container "api" of Deployment "shop/api". */
  readonly title: string;
}

/** The pod that an object is or makes; undefined for other kinds, and for a Patch that leaves the pod alone. */
export function podOf(object: KubernetesObject): Pod | undefined {
  const path = (templates as Partial<Record<Kind, string>>)[object.kind];
  if (path === undefined) return undefined;
  const template = path === "" ? object.value : object.value.at(path);
  return template.exists ? new Pod(object, template) : undefined;
}

export class Pod {
  readonly owner: KubernetesObject;
  readonly metadata: Value;
  readonly spec: Value;

  constructor(owner: KubernetesObject, template: Value) {
    this.owner = owner;
    this.metadata = template.get("metadata");
    this.spec = template.get("spec");
  }

  get title(): string {
    return this.owner.title;
  }

  get labels(): Map<string, string> {
    return this.metadata.get("labels").map();
  }

  annotation(key: string): string | undefined {
    return this.metadata.get("annotations").get(key).string();
  }

  /** The main containers. */
  get containers(): Container[] {
    return this.#of("containers");
  }

  get initContainers(): Container[] {
    return this.#of("initContainers");
  }

  /** Main, init and ephemeral containers: what pod security is about. */
  get allContainers(): Container[] {
    return [...this.initContainers, ...this.containers, ...this.#of("ephemeralContainers")];
  }

  get securityContext(): Value {
    return this.spec.get("securityContext");
  }

  get isWindows(): boolean {
    return this.spec.at("os.name").string() === "windows";
  }

  #of(list: Container["list"]): Container[] {
    return this.spec
      .get(list)
      .list()
      .map((value) => {
        const name = value.get("name").string() ?? "";
        const isSidecar = list === "initContainers" && value.get("restartPolicy").string() === "Always";
        return { value, list, name, isSidecar, title: `Container "${name}" of ${this.title}` };
      });
  }
}

/** Whether a pod's own topology spread constraint over a key is kept without exception. */
export function hardSpread(pod: Pod, topologyKey: string): boolean {
  return pod.spec
    .get("topologySpreadConstraints")
    .list()
    .some(
      (each) =>
        each.get("topologyKey").string() === topologyKey &&
        (each.get("whenUnsatisfiable").string() ?? "DoNotSchedule") === "DoNotSchedule" &&
        selects(each.get("labelSelector"), pod.labels),
    );
}
