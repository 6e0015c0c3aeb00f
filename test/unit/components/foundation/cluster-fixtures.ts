// What the tests of the cluster on EKS have in common.
import { Cluster } from "../../../../components/foundation/cluster/cluster.ts";
import type { ClusterArgs } from "../../../../components/foundation/cluster/args.ts";
import { record } from "../../recorder.ts";
import { accountId, cluster, region, state } from "../foundation-fixtures.ts";

export const declare = (args: Partial<ClusterArgs> = {}) =>
  record(() => new Cluster("foundation", { ...cluster, ...args }), state);
export const declareWithPeople = () =>
  declare({ apiClientSecurityGroupIds: ["sg-people"], apiClientCidrs: ["10.20.224.0/24"] });
export const keyArn = `arn:aws:kms:${region}:${accountId}:key/made`;
export const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
export const tags = { "apg:environment": "prod" };

export interface Statement {
  Sid: string;
  Action: string | string[];
  Resource?: string | string[];
  Principal?: { AWS?: string[]; Service?: string };
  Condition?: object;
}
export const statements = (policy: unknown) => (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;
