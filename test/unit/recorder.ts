// Records what components ask of the engine, by Pulumi's mocks. It does not prove that a cluster accepts it.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";

export type Inputs = Record<string, unknown>;

/** A resource as it was asked for. */
export interface Recorded {
  type: string;
  name: string;
  inputs: Inputs;
  /** Reference to the explicit provider, where there is one. */
  provider?: string;
}

/** How a resource was asked for, besides its inputs. */
export interface Asked {
  /** Type, ::, and name. */
  path: string;
  /** The same of everything that it waits for. */
  dependencies: string[];
  protect: boolean;
}

/** Everything that was asked for while a function ran, and what the function returned. */
export class Recording<T> {
  readonly value: T;
  readonly resources: Recorded[];
  /** Types of the resource's parents and its own, joined by $; then ::, and its name. */
  readonly paths: string[];
  readonly #asked: Asked[];

  constructor(value: T, resources: Recorded[], paths: string[], asked: Asked[]) {
    this.value = value;
    this.resources = resources;
    this.paths = paths;
    this.#asked = asked;
  }

  /** Everything that the engine would refuse to delete, as type, ::, and name. */
  get protectedPaths(): string[] {
    return this.#asked.flatMap(({ path, protect }) => (protect ? [path] : [])).sort();
  }

  /** What the resource of that type and name waits for, as type, ::, and name. */
  dependencies(type: string, name: string): string[] {
    const found = this.#asked.filter(({ path }) => path === `${type}::${name}`);
    assert.equal(found.length, 1, `${found.length} resources ${type} ${name}`);
    return found[0]!.dependencies;
  }

  /** Inputs of the one resource of the type, and of the name where there are several. */
  inputs(type: string, name?: string): Inputs {
    const found = this.resources.filter((each) => each.type === type && (name === undefined || each.name === name));
    assert.equal(found.length, 1, `${found.length} resources ${type} ${name ?? ""}`);
    return found[0]!.inputs;
  }
}

/** Runs a function that declares resources; `state` supplies what a resource has besides its inputs. */
export async function record<T>(
  declare: () => T,
  state: (type: string) => Inputs | undefined = () => undefined,
): Promise<Recording<T>> {
  const resources: Recorded[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        resources.push({ type, name, inputs: inputs as Inputs, ...(provider && { provider }) });
        return { id: `${name}-id`, state: { ...(inputs as Inputs), ...state(type) } };
      },
      call: ({ inputs }) => inputs as Inputs,
    },
    "apg-platform",
    "test",
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor & { registerResourceHook?: unknown };
  const asked: Asked[] = [];
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: Request, done) => {
    const path = `${request.getType()}::${request.getName()}`;
    asked.push({ path, dependencies: request.getDependenciesList().map(pathOf), protect: request.getProtect() });
    return register(request, done);
  };
  // Pulumi's mocks know no hooks; those that are registered here never run.
  monitor.registerResourceHook = (_: unknown, done: (error: null) => void) => done(null);
  const value = declare();
  await pulumi.runtime.disconnect();
  const paths = [...monitor.getRegisteredResources().keys()].map((urn) => urn.split("::").slice(2).join("::"));
  return new Recording(value, resources, paths.sort(), asked);
}

interface Request {
  getType(): string;
  getName(): string;
  getDependenciesList(): string[];
  getProtect(): boolean;
}

/** Type, :: and name out of a URN, which has the parents' types too. */
function pathOf(urn: string): string {
  const [types, name] = urn.split("::").slice(2);
  return `${types?.split("$").at(-1)}::${name}`;
}

/** The value that an output has under mocks. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => output.apply((value) => resolve(value as pulumi.Unwrap<T>)));
}

/** The lines of the error with which a component refuses its arguments. */
export async function refusal(declare: () => unknown): Promise<string[]> {
  try {
    await record(declare);
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), "Pulumi would print a stack trace");
    return error.message.split("\n");
  }
  return assert.fail("the arguments were accepted");
}
