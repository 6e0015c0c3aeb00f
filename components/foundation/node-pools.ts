import * as pulumi from "@pulumi/pulumi";
import { custom } from "../data/custom.ts";
import { withDefaults } from "../defaults.ts";
import { refuse } from "../validation.ts";
import { aliasArn, clusterNames } from "./cluster/names.ts";
import { nodePoolsDefaults, nodePoolsProblems } from "./node-pools/args.ts";
import type { NodePoolsArgs } from "./node-pools/args.ts";
import { declareDevicePlugin } from "./node-pools/device-plugin.ts";
import { gpuTaint, nodeClassSpec, nodePoolSpec, poolLabel } from "./node-pools/specs.ts";
import type { NodePoolParts } from "./node-pools/specs.ts";

/** Pools that nodes come from, by the name that pods choose them with. */
const pools = { general: "general", data: "data", gpu: "gpu" } as const;
const nodeClass = "apg";

/** Nodes as pods need them, made and taken away by Karpenter, which must be there before; give it in `dependsOn`. */
export class NodePools extends pulumi.ComponentResource {
  /** Names of the pools, which are values of the nodes' label `apg.io/pool`. */
  readonly poolNames: pulumi.Output<string[]>;

  constructor(name: string, args: NodePoolsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:foundation:NodePools", name, args, opts);
    refuse(name, nodePoolsProblems(args));

    const { environment, account, clusterName, zones, maintenanceWindow: window, gpu } = args;
    const { generalLimits, dataLimits, maxNodeHours, diskGib } = withDefaults(args, {
      generalLimits: nodePoolsDefaults.generalLimits,
      dataLimits: nodePoolsDefaults.dataLimits,
      maxNodeHours: nodePoolsDefaults.maxNodeHours,
      diskGib: nodePoolsDefaults.diskGib,
    });
    const names = clusterNames(environment);
    const child = { parent: this };
    const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" };

    const made = custom(
      name,
      "karpenter.k8s.aws/v1",
      "EC2NodeClass",
      { name: nodeClass, labels },
      nodeClassSpec({
        environment,
        clusterName,
        instanceProfile: names.instanceProfile,
        imageVersion: args.imageVersion,
        volumeKeyArn: aliasArn(account.region, account.accountId, names.volumesAlias),
        diskGib,
      }),
      child,
    );
    const pool = (of: string, parts: Pick<NodePoolParts, "requirements" | "taints" | "limits">) =>
      custom(
        `${name}-${of}`,
        "karpenter.sh/v1",
        "NodePool",
        { name: of, labels },
        nodePoolSpec({ ...parts, pool: of, nodeClass, zones, maxNodeHours, window }),
        { ...child, dependsOn: [made] },
      );
    const declared = [
      pool(pools.general, {
        requirements: [category("m"), newerThan("5")],
        taints: [],
        limits: generalLimits,
      }),
      pool(pools.data, {
        requirements: [category("m", "r"), newerThan("5")],
        taints: [{ key: poolLabel, value: pools.data }],
        limits: dataLimits,
      }),
    ];
    if (gpu !== undefined) {
      const families = { key: "karpenter.k8s.aws/instance-family", operator: "In" };
      declared.push(
        pool(pools.gpu, {
          requirements: [{ ...families, values: [...(gpu.families ?? nodePoolsDefaults.gpuFamilies)] }],
          taints: [{ key: gpuTaint, value: "true" }],
          limits: gpu.limits ?? nodePoolsDefaults.gpuLimits,
        }),
      );
      declareDevicePlugin(name, { environment, image: gpu.devicePluginImage, pool: pools.gpu }, child);
    }

    this.poolNames = pulumi.all(declared.map((each) => each.metadata.apply((metadata) => metadata.name)));
    this.registerOutputs({ poolNames: this.poolNames });
  }
}

function category(...values: string[]) {
  return { key: "karpenter.k8s.aws/instance-category", operator: "In", values };
}

function newerThan(generation: string) {
  return { key: "karpenter.k8s.aws/instance-generation", operator: "Gt", values: [generation] };
}
