import * as pulumi from "@pulumi/pulumi";
import { createFoundation, createPlatform, ObjectStorage, ThirdPartyKeys } from "../../../../components/index.ts";

/** What a test changes. */
export interface Given {
  cidr: string;
  zones: string[];
  instanceTypes: string[];
  maxSize: number;
  auditRetentionYears: number;
  expireDays: number;
  /** Where manifests are written to, as no cluster is there that would take them. */
  manifests: string;
}

const given = new pulumi.Config().requireObject<Given>("given");
pulumi.runtime.registerResourceTransform(({ type, opts }) =>
  type === "pulumi:providers:kubernetes" ? { props: { renderYamlToDirectory: given.manifests }, opts } : undefined,
);

const environment = "prod";
const accountId = "123456789012";
const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
const account = { accountId, region: "eu-central-1", replicaRegion: "eu-west-1", administrators: [role("deployer")] };
const { cidr, zones, maxSize, instanceTypes, auditRetentionYears, expireDays } = given;
const capability = "audio-processing";
const namespace = `apg-${capability}-${environment}`;

const ground = createFoundation({
  aws: { environment, account, cidr, zones, systemNodes: { instanceTypes, maxSize } },
});
const { provider, data } = await createPlatform(
  {
    environment,
    account,
    clusterName: "apg-prod",
    cidr,
    zones,
    capabilities: [capability],
    security: {
      notify: { emails: ["security@example.com"] },
      breakGlassPrincipals: [`arn:aws:iam::${accountId}:user/jane`],
      images: { repositories: ["apg/audio-processing"], pullers: [role("apg-prod-node")] },
      auditRetentionYears,
    },
    secrets: { writers: [role("writer")] },
  },
  ground,
);
new ThirdPartyKeys(
  capability,
  { namespace, capability, environment, keys: [{ name: "speech" }], store: data.secretStore! },
  { provider },
);
new ObjectStorage(
  capability,
  {
    capability,
    environment,
    namespace,
    tenants: ["acme"],
    purposes: [{ name: "data", dataClass: "confidential", expireDays }],
    aws: {
      ...account,
      clusterName: ground.clusterName!,
      serviceAccounts: ["audio-processing-api"],
      endpointCidr: cidr,
    },
  },
  { provider },
);
