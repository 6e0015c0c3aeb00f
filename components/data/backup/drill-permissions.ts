import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { partLabel } from "../../../checklist/labels.ts";
import { workloadLabels } from "../../capability/naming.ts";
import type { Home } from "../parts.ts";
import { nameOf } from "../../names.ts";
import { drillName } from "./drill-cluster.ts";
import { drillComponent } from "./drill-pod.ts";

/** In the scratch namespace a Cluster and its Secrets, by name; at home the one object that holds the result. */
export function drillPermissions(
  name: string,
  { namespace, capability, environment }: Home,
  account: pulumi.Input<string>,
  scratch: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const own = workloadLabels({ capability, environment, component: drillComponent });
  const grant = (of: string, where: pulumi.Input<string>, rules: k8s.rbac.v1.PolicyRule[], part?: string) => {
    const labels = { ...own, ...(part !== undefined && { [partLabel]: part }) };
    const role = new Role(
      `${name}-${of}`,
      { metadata: { name: drillComponent, namespace: where, labels }, rules },
      opts,
    );
    new RoleBinding(
      `${name}-${of}`,
      {
        metadata: { name: drillComponent, namespace: where, labels },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: nameOf(role, drillComponent) },
        subjects: [{ kind: "ServiceAccount", name: account, namespace }],
      },
      opts,
    );
  };
  const cnpg = { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"] };
  const secrets = { apiGroups: [""], resources: ["secrets"] };
  const configMaps = { apiGroups: [""], resources: ["configmaps"] };
  const restoring = [
    // A name cannot be asked for when something is created.
    { ...cnpg, verbs: ["create"] },
    { ...cnpg, resourceNames: [drillName], verbs: ["get", "delete"] },
    { ...secrets, verbs: ["create"] },
    { ...secrets, resourceNames: ["drill-app", "drill-ca"], verbs: ["get"] },
    { ...secrets, resourceNames: ["drill-store"], verbs: ["delete"] },
  ];
  grant("restore", scratch, restoring, drillName);
  grant("result", namespace, [
    { ...configMaps, verbs: ["create"] },
    { ...configMaps, resourceNames: [`${drillComponent}-result`], verbs: ["get", "update"] },
  ]);
}
