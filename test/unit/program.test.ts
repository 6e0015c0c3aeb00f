// The whole program, for each shipped stack file, under Pulumi's mocks: which resources it asks for, and with which of
// the checklists' numbers. It does not prove that a cluster accepts them; the engine tests do.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type * as entry from "../../index.ts";
import { programCounts } from "./program-counts.ts";
import { asEngineDoes, stackFile, stacks } from "./config-fixtures.ts";

type Stack = (typeof stacks)[number];
type Inputs = Record<string, unknown>;

interface Program {
  readonly resources: readonly pulumi.runtime.MockResourceArgs[];
  readonly foundation: unknown;
  readonly endpoints: unknown;
}

const runs = new Map<Stack, Promise<Program>>();

function program(stack: Stack): Promise<Program> {
  const run = runs.get(stack) ?? runProgram(stack);
  runs.set(stack, run);
  return run;
}

async function runProgram(stack: Stack): Promise<Program> {
  const resources: pulumi.runtime.MockResourceArgs[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        resources.push(args);
        const made = args.type.startsWith("random:") ? { result: "generated" } : {};
        return { id: `${args.name}-id`, state: { ...(args.inputs as Inputs), ...made } };
      },
      call: ({ inputs }) => inputs as Inputs,
    },
    "apg-platform",
    stack,
  );
  pulumi.runtime.setAllConfig(asEngineDoes(stackFile(stack)));
  // A query makes Node load the program anew for each stack.
  const outputs = (await import(`../../index.ts?${stack}`)) as typeof entry;
  await pulumi.runtime.disconnect();
  const value = <T>(output: pulumi.Output<T>) => new Promise<unknown>((resolve) => output.apply(resolve));
  return {
    resources,
    foundation: await value(outputs.foundation),
    endpoints: await value(pulumi.all(outputs.endpoints)),
  };
}

function countsByType({ resources }: Program): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function inputsOf({ resources }: Program, type: string, name: string): Inputs {
  const found = resources.filter((resource) => resource.type === type && resource.name === name);
  assert.equal(found.length, 1, `${type} ${name}`);
  return found[0]!.inputs as Inputs;
}

for (const stack of stacks) {
  describe(`the program with Pulumi.${stack}.yaml`, function () {
    this.timeout(20_000);
    after(() => pulumi.runtime.setAllConfig({}));

    it("asks for exactly these resources", async () => {
      assert.deepEqual(countsByType(await program(stack)), programCounts[stack === "sandbox" ? "server" : "aws"]);
    });

    it("reaches the cluster through the foundation's provider alone, in the stack's context", async () => {
      const { resources } = await program(stack);
      const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
      const providers = new Set(objects.map(({ provider }) => provider));
      assert.deepEqual(
        [...providers],
        [
          `urn:pulumi:${stack}::apg-platform::apg:foundation:ExistingCluster$pulumi:providers:kubernetes::foundation::foundation-id`,
        ],
      );
      assert.equal(
        inputsOf(await program(stack), "pulumi:providers:kubernetes", "foundation")["context"],
        `apg-${stack}`,
      );
    });

    it("exports the foundation for other stacks, and where the capabilities are reached", async () => {
      const { foundation, endpoints } = await program(stack);
      assert.deepEqual(foundation, {
        kubeconfig: undefined,
        context: `apg-${stack}`,
        priorityClassName: "apg-capability",
      });
      assert.deepEqual(
        endpoints,
        ["audio-processing", "computer-vision"].map((name) => ({
          namespace: `apg-${name}-${stack}`,
          podLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/component": "api" },
          port: 8080,
          host: `${name}-api.apg-${name}-${stack}.svc`,
        })),
      );
    });

    it("allows the declared edges and no others", async () => {
      const policies = (await program(stack)).resources.filter(({ type, inputs }) => {
        const { metadata, spec } = inputs as { metadata: { namespace: string }; spec: { podSelector: Inputs } };
        const labels = (spec?.podSelector?.["matchLabels"] ?? {}) as Record<string, string>;
        const own = Object.keys(labels).length === 0 || labels["app.kubernetes.io/component"] === "api";
        return type.endsWith(":NetworkPolicy") && own && !metadata.namespace.includes("-drill-");
      });
      const stores = ["object-storage", "postgres", "redis", "sentinel"].map((store) => `allow-to-${store}`);
      const declared = {
        "audio-processing": [
          "allow-dns",
          "allow-from-computer-vision",
          "allow-from-gateway",
          "allow-to-ai-orchestration",
          "allow-to-composition-engine",
          "allow-to-notification-engine",
          "default-deny",
        ],
        "computer-vision": [
          "allow-dns",
          "allow-from-gateway",
          "allow-to-ai-orchestration",
          "allow-to-audio-processing",
          "allow-to-composition-engine",
          "allow-to-notification-engine",
          "default-deny",
        ],
      };
      const identity = stack === "sandbox" ? [] : ["allow-to-pod-identity"];
      assert.deepEqual(
        policies.map(({ name }) => name).sort(),
        Object.entries(declared)
          .flatMap(([name, edges]) => [...edges, ...stores, ...identity].map((edge) => `${name}-${edge}`))
          .sort(),
      );
    });

    for (const name of ["audio-processing", "computer-vision"]) {
      it(`runs ${name} with the checklists' numbers`, async () => {
        const result = await program(stack);
        const spec = (type: string) => inputsOf(result, type, name)["spec"] as Inputs;

        const autoscaler = spec("kubernetes:autoscaling/v2:HorizontalPodAutoscaler");
        const percent = (resource: string, averageUtilization: number) => ({
          type: "Resource",
          resource: { name: resource, target: { type: "Utilization", averageUtilization } },
        });
        assert.equal(autoscaler["minReplicas"], 3);
        assert.equal(autoscaler["maxReplicas"], 10);
        assert.deepEqual(autoscaler["metrics"], [percent("cpu", 70), percent("memory", 80)]);

        const deployment = spec("kubernetes:apps/v1:Deployment");
        assert.equal(deployment["replicas"], undefined);
        const template = deployment["template"] as { spec: { priorityClassName: string; containers: Inputs[] } };
        assert.equal(template.spec.priorityClassName, "apg-capability");
        assert.equal(template.spec.containers.length, 1);
        assert.deepEqual(template.spec.containers[0]!["resources"], {
          requests: { cpu: "500m", memory: "1Gi" },
          limits: { cpu: "2000m", memory: "4Gi" },
        });
        assert.equal(
          template.spec.containers[0]!["image"],
          stack === "sandbox" ? `apg/${name}:1.0.0` : `apg/${name}:1.0.0@sha256:${"0".repeat(64)}`,
        );

        assert.equal(spec("kubernetes:policy/v1:PodDisruptionBudget")["minAvailable"], 2);
        assert.deepEqual(inputsOf(result, "kubernetes:core/v1:Namespace", name)["metadata"], {
          name: `apg-${name}-${stack}`,
          labels: {
            "apg.io/capability": name,
            "apg.io/environment": stack,
            "app.kubernetes.io/managed-by": "pulumi",
            "app.kubernetes.io/part-of": "apg-platform",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "v1.36",
            "pod-security.kubernetes.io/audit": "restricted",
            "pod-security.kubernetes.io/audit-version": "v1.36",
            "pod-security.kubernetes.io/warn": "restricted",
            "pod-security.kubernetes.io/warn-version": "v1.36",
          },
        });
      });
    }
  });
}
