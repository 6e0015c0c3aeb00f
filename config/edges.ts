// Who may call whom: every edge is declared by both of its ends where both belong to this stack.
import { isNetwork } from "../components/capability/network-policies.ts";
import { capabilityDefaults, endpointOf } from "../components/index.ts";
import type { CapabilityArgs, NetworkEdge } from "../components/index.ts";
import { duplicates, nearestOf } from "./problems.ts";
import type { Path, Problem } from "./problems.ts";
import type { Draft, Parsed } from "./schema.ts";

type Direction = "connectsTo" | "acceptsFrom";
const opposite: Readonly<Record<Direction, Direction>> = { connectsTo: "acceptsFrom", acceptsFrom: "connectsTo" };

/** Problems of the services and of the edges to them and between capabilities. */
export function edgeProblems({ capabilities, services }: Draft): Problem[] {
  const names = capabilities.map((capability) => capability.name);
  const known = [...names.filter((name) => name !== undefined), ...Object.keys(services)];

  const problemsOfEnd = (path: Path, direction: Direction, from: string | undefined, to: string | undefined) => {
    if (to === undefined) return [];
    if (!known.includes(to)) {
      const nearest = nearestOf(to, known);
      const hint = nearest === undefined ? known.join(", ") : `the nearest is ${JSON.stringify(nearest)}`;
      return [
        {
          path,
          accepted: `a capability of this stack or an entry of apg:services is accepted: ${hint} (AUD-APG-02, AUD-SEC-01)`,
        },
      ];
    }
    const other = names.indexOf(to);
    if (from === undefined || other < 0 || capabilities[other]![opposite[direction]]?.includes(from)) return [];
    return [
      {
        path,
        accepted: `both ends declare an edge, so ${JSON.stringify(from)} is needed in apg:capabilities[${other}].${opposite[direction]} too (AUD-SEC-01)`,
      },
    ];
  };

  const edges = capabilities.flatMap((capability, index) =>
    (["connectsTo", "acceptsFrom"] as const).flatMap((direction) => {
      const path = ["capabilities", index, direction];
      const ends = capability[direction] ?? [];
      return [
        ...ends.flatMap((end, at) => problemsOfEnd([...path, at], direction, capability.name, end)),
        ...duplicates(ends).map((at) => ({ path: [...path, at], accepted: "each name is accepted once (AUD-SEC-01)" })),
      ];
    }),
  );
  const repeated = duplicates(names).map((index) => ({
    path: ["capabilities", index, "name"],
    accepted: `each name is accepted once, apg:capabilities[${names.indexOf(names[index])}] has it already (AUD-PROD-01)`,
  }));
  const called = new Set(capabilities.flatMap((capability) => capability.connectsTo ?? []));
  return [
    ...repeated,
    ...edges,
    ...Object.entries(services).flatMap(([name, service]) =>
      serviceProblems(name, service, names.includes(name), called.has(name)),
    ),
  ];
}

function serviceProblems(name: string, service: Draft["services"][string], taken: boolean, called: boolean): Problem[] {
  const path = ["services", name];
  const problems: Problem[] = [];
  if (!/^[a-z]([a-z0-9-]{0,48}[a-z0-9])?$/.test(name))
    problems.push({
      path,
      given: "name given",
      accepted:
        "lower-case letters, digits and hyphens, starting with a letter, at most 50 characters, are accepted as its name (AUD-SEC-01)",
    });
  if (taken) problems.push({ path, given: "name given", accepted: "a capability has it already (AUD-SEC-01)" });
  if (service === undefined) return problems;

  const { namespace, podLabels, cidr, ports } = service;
  const byLabels = namespace !== undefined && Object.keys(podLabels ?? {}).length > 0;
  const anyLabel = namespace !== undefined || podLabels !== undefined;
  if (cidr === undefined ? !byLabels : anyLabel)
    problems.push({ path, accepted: "either namespace and podLabels, or cidr, is accepted (AUD-SEC-01)" });
  if (cidr !== undefined && !isNetwork(cidr))
    problems.push({
      path: [...path, "cidr"],
      accepted: "a network such as 10.20.0.0/16 is accepted, and never the whole world (AUD-SEC-01, CV-KUBE-04)",
    });
  if (called && (ports ?? []).length === 0)
    problems.push({
      path: [...path, "ports"],
      accepted: "at least one port is needed, as a capability connects to it (CV-NET-01)",
    });
  for (const index of duplicates(ports ?? []))
    problems.push({ path: [...path, "ports", index], accepted: "each port is accepted once (CV-NET-01)" });
  return problems;
}

/** The edges of a capability, with what each name stands for. */
export function networkOf(
  { environment, capabilities, services = {} }: Parsed,
  { connectsTo = [], acceptsFrom = [] }: Parsed["capabilities"][number],
): Required<Pick<CapabilityArgs, "connectsTo" | "acceptsFrom">> {
  const other = (name: string): NetworkEdge => {
    const capability = capabilities.find((candidate) => candidate.name === name);
    if (capability !== undefined) {
      const { component = capabilityDefaults.component, port = capabilityDefaults.port } = capability;
      const { namespace, podLabels } = endpointOf({ capability: name, environment, component }, port);
      return { name, peer: { namespace, podLabels }, ports: [port] };
    }
    const { ports = [], ...peer } = services[name]!;
    return { name, peer, ports };
  };
  return {
    connectsTo: connectsTo.map(other),
    acceptsFrom: acceptsFrom.map((name) => ({ name, peer: other(name).peer })),
  };
}
