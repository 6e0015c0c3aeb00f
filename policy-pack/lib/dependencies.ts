// What a resource waits for: the engine deploys it after all of that, also after what those wait for.
import type { PlannedStack } from "./planned-stack.ts";
import type { PlannedResource } from "./rule.ts";

/** URNs of everything that is there before the resource is created or changed. */
export function awaitedBy(stack: PlannedStack, resource: PlannedResource): ReadonlySet<string> {
  const { byUrn, children } = indexOf(stack);
  const awaited = new Set<string>();
  const open = [...resource.dependencies];
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    if (awaited.has(urn)) continue;
    awaited.add(urn);
    // Whoever waits for a component waits for what is in it.
    open.push(...(byUrn.get(urn)?.dependencies ?? []), ...(children.get(urn) ?? []));
  }
  return awaited;
}

interface Index {
  readonly byUrn: ReadonlyMap<string, PlannedResource>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

const known = new WeakMap<PlannedStack, Index>();

function indexOf(stack: PlannedStack): Index {
  let index = known.get(stack);
  if (index === undefined) {
    const children = new Map<string, string[]>();
    for (const { urn, parent } of stack.resources) {
      if (parent === undefined) continue;
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [urn]);
      else siblings.push(urn);
    }
    index = { byUrn: new Map(stack.resources.map((resource) => [resource.urn, resource])), children };
    known.set(stack, index);
  }
  return index;
}
