import * as pulumi from "@pulumi/pulumi";
import { Capability } from "../../../../components/index.ts";

/** What a test changes. */
export interface Given {
  application: string;
  postgres: string;
  redis: string;
  storage: string;
}

const { application, postgres, redis, storage } = new pulumi.Config().requireObject<Given>("given");
const limits = { cpu: "1", memory: "1Gi" };

new Capability("audio", {
  environment: "sandbox",
  image: application,
  allowUndigestedImage: true,
  migrationArgs: ["migrate"],
  data: { postgres: { limits, storage, walStorage: "1Gi" } },
  dataPlatform: {
    images: { postgres, pgbouncer: "pgbouncer:1.24.1", redis, tools: "apg/data-tools:1.0.0" },
    allowUndigestedImages: true,
    apiServer: { peer: { cidr: "10.96.0.1/32" }, port: 443 },
    aws: {
      accountId: "123456789012",
      region: "eu-central-1",
      replicaRegion: "eu-west-1",
      administrators: ["arn:aws:iam::123456789012:role/deploy"],
      clusterName: "apg-sandbox",
      endpointCidr: "10.20.0.0/24",
    },
    operatorVersion: "1.27",
    // Nothing runs here that could complete a backup.
    backup: { method: "in-tree", awaitRelease: false },
  },
});
