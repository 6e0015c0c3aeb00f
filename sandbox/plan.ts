// What a stack is going to need of the sandbox: the images, the kinds of resources and the servers that its plan names.
import { execa } from "execa";
import { objectStoreHost } from "./addons/object-store.ts";
import { projectRoot, sandboxEnvironment, type SandboxPlace } from "./workspace.ts";

/** Fields of Kubernetes resources that hold an image reference. */
const fields = new Set(["image", "imageName"]);

/** The references in a plan as `pulumi preview --json` gives it, sorted, each once. */
export function imagesIn(plan: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown) => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        if (fields.has(name) && typeof inner === "string") found.add(inner);
        else visit(inner);
      }
    }
  };
  const { steps = [] } = plan as { steps?: { newState?: { inputs?: unknown } }[] };
  for (const { newState } of steps) visit(newState?.inputs);
  return [...found].sort();
}

/** API groups of the Kubernetes resources in a plan, sorted, each once. */
export function groupsIn(plan: unknown): string[] {
  const { steps = [] } = plan as { steps?: { newState?: { type?: string } }[] };
  const types = steps.map(({ newState }) => /^kubernetes:([\w.-]+)\/[\w]+:/.exec(newState?.type ?? "")?.[1]);
  return [...new Set(types.filter((group) => group !== undefined))].sort();
}

/** Whether any input of a plan's resources says this text, on its own or within a longer one. */
export function says(plan: unknown, text: string): boolean {
  const { steps = [] } = plan as { steps?: { newState?: { inputs?: unknown } }[] };
  return steps.some(({ newState }) => JSON.stringify(newState?.inputs ?? null).includes(text));
}

export interface Plan {
  images: string[];
  groups: string[];
  /** Whether something is kept in the object store. */
  objectStore: boolean;
}

/** Asks the stack; a program that does not run names nothing, and `pulumi up` then says why. */
export async function planOf(place: SandboxPlace): Promise<Plan> {
  const args = ["preview", "--json", "--show-sames", "--stack", place.stack, "--non-interactive"];
  const result = await execa("pulumi", args, {
    cwd: projectRoot,
    env: sandboxEnvironment(place.dir),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  const plan: unknown = result.exitCode === 0 ? JSON.parse(result.stdout) : {};
  return { images: imagesIn(plan), groups: groupsIn(plan), objectStore: says(plan, objectStoreHost) };
}
