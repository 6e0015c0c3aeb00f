import { ObjectStorage } from "../../../components/data/object-storage/object-storage.ts";
import type {
  AwsStorageArgs,
  ObjectStorageArgs,
  PurposeArgs,
  S3ServerArgs,
} from "../../../components/data/object-storage/args.ts";

export const accountId = "123456789012";
export const administrator = `arn:aws:iam::${accountId}:role/deployer`;
export const auditor = `arn:aws:iam::${accountId}:role/auditor`;

export const aws: AwsStorageArgs = {
  accountId,
  region: "eu-central-1",
  replicaRegion: "eu-west-1",
  administrators: [administrator],
  readers: [auditor],
  clusterName: "apg-prod",
  serviceAccounts: ["audio-processing-api"],
  endpointCidr: "10.20.0.0/24",
  nameSuffix: "apg1",
};

export const server: S3ServerArgs = {
  endpoint: "https://object-store.apg-storage.svc:7070",
  region: "eu-central-1",
  peer: { namespace: "apg-storage", podLabels: { "app.kubernetes.io/name": "object-store" } },
  port: 7070,
  authority: { secretName: "object-store-authority", key: "ca.crt" },
  adminSecret: { secretName: "object-store-admin", accessKeyIdKey: "id", secretAccessKeyKey: "secret" },
  toolsImage: `registry.test/apg/storage-tools:1.0.0@sha256:${"0123456789abcdef".repeat(4)}`,
};

export const cdn = {
  aliases: ["media.example.org"],
  acmCertificateArn: `arn:aws:acm:us-east-1:${accountId}:certificate/0f0e`,
  webAclId: `arn:aws:wafv2:us-east-1:${accountId}:global/webacl/apg/0f0e`,
};

export const media: PurposeArgs = { name: "media", dataClass: "public", expireDays: 90, public: true };

const names = { capability: "audio-processing", environment: "prod", namespace: "apg-audio-processing-prod" };

export const onAws: ObjectStorageArgs = { ...names, tenants: ["Acme", "Beta Corp."], aws };
export const onServer: ObjectStorageArgs = { ...names, tenants: ["Acme", "Beta Corp."], server };

export const declare = (args: Partial<ObjectStorageArgs> = {}) =>
  new ObjectStorage("storage", { ...(args.server === undefined ? onAws : names), tenants: onAws.tenants, ...args });

/** What a policy says, as JSON. */
export interface PolicyDocument {
  Version: string;
  Statement: {
    Sid: string;
    Effect: "Allow" | "Deny";
    Principal?: unknown;
    Action: string | string[];
    Resource?: string | string[];
    Condition?: Record<string, Record<string, unknown>>;
  }[];
}

export function parsed(document: unknown): PolicyDocument {
  return JSON.parse(document as string) as PolicyDocument;
}

/** The one statement of that id. */
export function statement(document: unknown, sid: string): PolicyDocument["Statement"][number] {
  const found = parsed(document).Statement.filter(({ Sid }) => Sid === sid);
  if (found.length !== 1) throw new Error(`${found.length} statements ${sid}`);
  return found[0]!;
}
