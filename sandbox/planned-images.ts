// Which images a stack is going to run: those that its plan names, in whatever resource.
import { execa } from "execa";
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

/** Asks the stack; a program that does not run names none, and `pulumi up` then says why. */
export async function plannedImages(place: SandboxPlace): Promise<string[]> {
  const args = ["preview", "--json", "--stack", place.stack, "--non-interactive"];
  const result = await execa("pulumi", args, {
    cwd: projectRoot,
    env: sandboxEnvironment(place.dir),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  return result.exitCode === 0 ? imagesIn(JSON.parse(result.stdout)) : [];
}
