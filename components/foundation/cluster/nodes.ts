import type * as pulumi from "@pulumi/pulumi";
import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate.js";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup.js";
import { thresholds } from "../../../checklist/thresholds.ts";
import { roleArn } from "../../cloud/policy-document.ts";
import type { SystemNodesArgs } from "./args.ts";
import { nodeUserData } from "./node-config.ts";

/** What the nodes of the cluster's own workloads are made of. */
export interface NodeParts {
  /** Name of the environment. */
  environment: string;
  /** Number of the AWS account. */
  accountId: string;
  /** Region of the nodes. */
  region: string;
  /** Name of the cluster, once it is there. */
  clusterName: pulumi.Input<string>;
  /** Version of the cluster. */
  version: string;
  /** Private subnets, one in each zone. */
  subnetIds: pulumi.Input<string>[];
  /** Name of the nodes' role. */
  nodeRole: string;
  /** Key of the nodes' disks. */
  kmsKeyArn: pulumi.Input<string>;
  /** Sizes. */
  nodes: Required<SystemNodesArgs>;
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

/** Declares the nodes that the cluster's own workloads run on, one in each zone at least (CV-KUBE-02). */
export function declareNodes(name: string, parts: NodeParts, opts: pulumi.CustomResourceOptions): NodeGroup {
  const { environment, accountId, region, clusterName, version, subnetIds, nodeRole, kmsKeyArn, nodes, tags } = parts;
  const label = `apg-${environment}-system`;
  const template = new LaunchTemplate(
    `${name}-system`,
    {
      name: label,
      region,
      description: "Nodes of the cluster's own workloads.",
      updateDefaultVersion: true,
      // Pods are one hop further away than the node itself: they get no credentials of the node's (CV-KUBE-02).
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: nodes.diskGib,
            encrypted: "true",
            kmsKeyId: kmsKeyArn,
            deleteOnTermination: "true",
          },
        },
      ],
      userData: Buffer.from(nodeUserData()).toString("base64"),
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({
        resourceType,
        tags: { ...tags, Name: label },
      })),
      tags,
    },
    opts,
  );
  return new NodeGroup(
    `${name}-system`,
    {
      clusterName,
      region,
      // With a name of its own a group of other instances comes first, and takes the pods over before this one goes.
      nodeGroupNamePrefix: "system-",
      nodeRoleArn: roleArn(accountId, nodeRole),
      version,
      amiType: "AL2023_x86_64_STANDARD",
      capacityType: "ON_DEMAND",
      instanceTypes: nodes.instanceTypes,
      // With another subnet AWS would make the group anew: a zone that is added later is left to Karpenter.
      subnetIds: subnetIds.slice(0, thresholds.cluster.minZones),
      scalingConfig: { minSize: nodes.minSize, desiredSize: nodes.minSize, maxSize: nodes.maxSize },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      labels: { "apg.io/pool": "system" },
      tags,
    },
    opts,
  );
}
