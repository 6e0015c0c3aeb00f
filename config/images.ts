// Images that operators start in the namespaces of capabilities, and what the cluster admits there: what it would refuse when a
// pod starts is refused before anything exists.
import type { Problem } from "./problems.ts";
import type { Draft } from "./schema.ts";

/** Images of operators must be of the registries that the cluster admits images of, and the gateway's must be named. */
export function startedImageProblems({ security, operators, edge }: Draft): Problem[] {
  const { registries = [], admission } = security ?? {};
  const admits = admission?.images !== false && registries.length > 0;
  const images = Object.entries(operators?.images ?? {}).map(
    ([name, image]) => [["operators", "images", name], image] as const,
  );
  const gateway = [["edge", "gateway", "image"], edge?.gateway?.image] as const;
  return [
    ...(admits
      ? [...images, gateway].flatMap(([path, image]) =>
          image === undefined || registries.some((registry) => image.startsWith(`${String(registry)}/`))
            ? []
            : [
                {
                  path: [...path],
                  accepted: `an image of ${registries.join(", ")} is accepted, as no other may run (CV-IMG-04)`,
                },
              ],
        )
      : []),
    // The tag that the controller chooses by itself is no version, which the cluster asks for too.
    ...(admits && edge !== undefined && gateway[1] === undefined
      ? [
          {
            path: [...gateway[0]],
            accepted: `a copy of Envoy's image in ${registries.join(", ")} is needed, as no other may run (CV-IMG-04)`,
          },
        ]
      : []),
    // Then nobody but the check of signatures refuses images of other registries, and it knows no exception.
    ...(security?.signing !== undefined && !admits && operators !== undefined && operators.managed !== true
      ? (["cloudnativePg", "barmanSidecar"] as const).flatMap((name) =>
          operators.images?.[name] === undefined
            ? [
                {
                  path: ["operators", "images", name],
                  accepted:
                    "a copy that is signed is needed, as every image must be where security.admission.images is off (CV-IMG-06)",
                },
              ]
            : [],
        )
      : []),
  ];
}
