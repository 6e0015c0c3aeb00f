// What must hold of the names under which objects are delivered to the public.
import { liesIn } from "../components/names.ts";
import type { Path, Problem } from "./problems.ts";
import type { Draft } from "./schema.ts";

/** Each name has a certificate, a firewall before it, and one thing that it leads to. */
export function deliveryProblems({ capabilities, edge }: Draft): Problem[] {
  const hosts = capabilities.flatMap(({ route }) => route?.hosts ?? []);
  const names = capabilities.flatMap(({ data }) => data?.cdn?.aliases ?? []);
  return capabilities.flatMap(({ data }, at) => {
    const cdn = data?.cdn;
    if (cdn === undefined) return [];
    const path: Path = ["capabilities", at, "data", "cdn"];
    const lacking = (key: "acmCertificateArn" | "webAclId", accepted: string): Problem[] =>
      edge === undefined && cdn[key] === undefined ? [{ path: [...path, key], accepted }] : [];
    const aliases = cdn.aliases ?? [];
    const refused = (holds: (alias: string) => boolean, accepted: string): Problem[] =>
      aliases.flatMap((alias, index) =>
        alias === undefined || holds(alias) ? [] : [{ path: [...path, "aliases", index], accepted }],
      );
    return [
      ...lacking(
        "acmCertificateArn",
        "the ARN of a certificate in us-east-1 is needed without apg:edge, whose zone would prove its names (CV-OBJ-08)",
      ),
      ...lacking("webAclId", "the ARN of a web access control list is needed without apg:edge (CV-NET-03)"),
      ...(edge?.domain === undefined || cdn.acmCertificateArn !== undefined
        ? []
        : refused(
            (alias) => liesIn(alias, edge.domain!),
            `a name in ${edge.domain}, whose zone proves it, is accepted, or acmCertificateArn is needed (CV-OBJ-08)`,
          )),
      ...refused(
        (alias) => !hosts.includes(alias) && names.filter((name) => name === alias).length === 1,
        "a name that no route or other distribution has is accepted, as it leads to one of them (CV-CUT-01)",
      ),
    ];
  });
}
