import type { NetworkEdge } from "../../capability/network-policies.ts";
import { podIdentityEdge } from "../backup/store.ts";
import type { StoreCredentials } from "../backup/store.ts";
import { certificatePath } from "../connection.ts";
import type { Connection } from "../connection.ts";
import type { AwsAccountArgs, S3ServerArgs } from "./args.ts";
import { authorityCertificate } from "./tools-pod.ts";

/** The bucket of the capability itself, and the name of every tenant's with `{tenant}` in it. */
export interface MainBuckets {
  /** Name of the capability's own bucket. */
  bucket: string;
  /** Name of every tenant's, with `{tenant}` in it. */
  template: string;
}

/** Where S3 is in the VPC. */
export function endpointPeer({ endpointCidr }: Pick<AwsAccountArgs, "endpointCidr">): { cidr: string } {
  return { cidr: endpointCidr };
}

/** On AWS: pods have an identity, and no keys. */
export function awsConnection(main: MainBuckets, aws: AwsAccountArgs): Connection {
  const identity: NetworkEdge = { ...podIdentityEdge, ports: [...podIdentityEdge.ports] };
  return {
    name: "object-storage",
    settings: settingsOf(main, aws.region),
    secrets: [],
    certificates: [],
    edges: [{ name: "object-storage", peer: endpointPeer(aws), ports: [443] }, identity],
  };
}

/** On a server: keys of a user, and the authority of the server's certificate. */
export function serverConnection(main: MainBuckets, server: S3ServerArgs, credentials: StoreCredentials): Connection {
  const certificate = authorityCertificate(server);
  const { secretName, accessKeyIdKey, secretAccessKeyKey } = credentials;
  return {
    name: "object-storage",
    settings: {
      ...settingsOf(main, server.region),
      S3_ENDPOINT: server.endpoint,
      S3_CA_FILE: certificatePath(certificate),
    },
    secrets: [
      { env: "AWS_ACCESS_KEY_ID", secretName, key: accessKeyIdKey },
      { env: "AWS_SECRET_ACCESS_KEY", secretName, key: secretAccessKeyKey },
    ],
    certificates: [certificate],
    edges: [{ name: "object-storage", peer: server.peer, ports: [server.port] }],
  };
}

function settingsOf({ bucket, template }: MainBuckets, region: string): { [env: string]: string } {
  return { S3_BUCKET: bucket, S3_BUCKET_TEMPLATE: template, S3_REGION: region };
}
