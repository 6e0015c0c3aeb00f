// What rules would see of a program at its first preview: inputs that come from what AWS has yet to make are unknown, and
// the engine tells only which resource each came from. It stands in for the engine where a test is about one component.
import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { PlannedStack } from "../../policy-pack/lib/planned-stack.ts";
import type { PlannedResource } from "../../policy-pack/lib/rule.ts";
import { reveal } from "../../policy-pack/lib/sentinels.ts";

interface Request {
  getType(): string;
  getName(): string;
  getDependenciesList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getPropertydependenciesMap(): { forEach(visit: (of: { getUrnsList(): string[] }, property: string) => void): void };
}
type Done = (error: unknown, response: { getUrn(): string }) => void;

/** The plan of what a function declares, with nothing of it made yet, in the stack of that name. */
export async function firstPreview(declare: () => unknown, stack = "test"): Promise<PlannedStack> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ inputs }) => ({ id: undefined, state: { ...(inputs as object) } }),
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "apg-platform",
    stack,
    true,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Omit<MockMonitor, "registerResource"> & {
    registerResource: (request: Request, done: Done) => unknown;
    registerResourceHook?: unknown;
  };
  const planned: PlannedResource[] = [];
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, done) =>
    register(request, (error, response) => {
      const sources: Record<string, readonly string[]> = {};
      request.getPropertydependenciesMap().forEach((of, property) => (sources[property] = of.getUrnsList()));
      planned.push({
        urn: response.getUrn(),
        type: request.getType(),
        name: request.getName(),
        props: reveal(request.getObject()?.toJavaScript() ?? {}),
        dependencies: request.getDependenciesList(),
        propertyDependencies: sources,
      });
      done(error, response);
    });
  // Pulumi's mocks know no hooks; those that are registered here never run.
  monitor.registerResourceHook = (_: unknown, done: (error: null) => void) => done(null);
  await declare();
  await pulumi.runtime.disconnect();
  return new PlannedStack(planned);
}
