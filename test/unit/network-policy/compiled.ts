import { compile, passes, type PodRules } from "../../../sandbox/network-policy/compile.ts";
import type { Connection, End } from "../../../sandbox/network-policy/verdict.ts";
import type { World } from "../../../sandbox/network-policy/world.ts";

/** What the rules that the enforcer loads let pass: the sender's node asks one half, the receiver's the other. */
export function compiledVerdict(world: World, connection: Connection, rules: PodRules[] = compile(world)): boolean {
  const { from, to, protocol, port } = connection;
  const ipOf = (end: End) => (typeof end === "string" ? end : end.ip);
  if (ipOf(from) === ipOf(to)) return true;
  const rulesOf = (end: End) => rules.find(({ pod }) => pod.ip === ipOf(end));
  return (
    passes(rulesOf(from)?.egress, { peer: ipOf(to), protocol, port }) &&
    passes(rulesOf(to)?.ingress, { peer: ipOf(from), protocol, port })
  );
}
