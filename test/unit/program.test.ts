// The whole program, for each shipped stack file, under Pulumi's mocks: which resources it asks for, and with which of
// the checklists' numbers. It does not prove that a cluster accepts them; the engine tests do.
import assert from "node:assert/strict";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type * as entry from "../../index.ts";
import { programCounts } from "./program-counts.ts";
import { imagesOf, refusalsOf } from "./program-images.ts";
import { state as awsAnswers } from "./components/foundation-fixtures.ts";
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
        const inputs = args.inputs as Inputs;
        return { id: `${args.name}-id`, state: { ...inputs, ...answerOf(args.type, inputs) } };
      },
      call: ({ inputs }) => inputs as Inputs,
    },
    "apg-platform",
    stack,
  );
  pulumi.runtime.setAllConfig(asEngineDoes(stackFile(stack)));
  // Every home of charts is there: what the program asks for does not depend on where this test runs.
  const online = mock.method(globalThis, "fetch", () => Promise.resolve(new Response()));
  // A query makes Node load the program anew for each stack.
  const outputs = (await import(`../../index.ts?${stack}`)) as typeof entry;
  await pulumi.runtime.disconnect();
  online.mock.restore();
  const value = <T>(output: pulumi.Output<T>) => new Promise<unknown>((resolve) => output.apply(resolve));
  return {
    resources,
    foundation: await value(outputs.foundation),
    endpoints: await value(pulumi.all(outputs.endpoints)),
  };
}

/** What the generator of passwords and AWS answer besides what they are asked for. */
function answerOf(type: string, { domainName, subjectAlternativeNames = [] }: Inputs): Inputs | undefined {
  if (type.startsWith("random:")) return { result: "generated" };
  if (type !== "aws:acm/certificate:Certificate") return awsAnswers(type);
  const proof = { resourceRecordName: "_proof", resourceRecordType: "CNAME", resourceRecordValue: "_value" };
  const names = [domainName, ...(subjectAlternativeNames as unknown[])];
  return { ...awsAnswers(type), domainValidationOptions: names.map((of) => ({ ...proof, domainName: of })) };
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

function namespaceOf(inputs: Inputs): string {
  return (inputs["metadata"] as { namespace?: string } | undefined)?.namespace ?? "";
}

/** The text of an input that must be secret. */
function plain(input: unknown): string {
  // The signature by which the SDK marks secrets on their way to the engine.
  const { "4dabf18193072939515e22adb298388d": mark, value } = input as Record<string, string>;
  assert.equal(mark, "1b47061264138c4ac30d75fd1eb44270", "it is not secret");
  return value!;
}

interface Kubeconfig {
  clusters: { cluster: { server: string } }[];
  users: { user: { exec: { args: string[] } } }[];
}

const policyType = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";

/** Where images come from; in the sandbox they are built on the spot. */
const registries: Record<Stack, string> = {
  sandbox: "",
  staging: "000000000002.dkr.ecr.eu-central-1.amazonaws.com",
  prod: "000000000001.dkr.ecr.eu-central-1.amazonaws.com",
};

for (const stack of stacks) {
  describe(`the program with Pulumi.${stack}.yaml`, function () {
    this.timeout(20_000);
    after(() => pulumi.runtime.setAllConfig({}));
    const namespaces = ["audio-processing", "computer-vision"].map((name) => `apg-${name}-${stack}`);

    it("asks for exactly these resources", async () => {
      assert.deepEqual(countsByType(await program(stack)), programCounts[stack]);
    });

    const own = stack !== "sandbox";

    it("reaches the cluster through the foundation's providers alone", async () => {
      const result = await program(stack);
      const objects = result.resources.filter(({ type }) => type.startsWith("kubernetes:"));
      const urn = (path: string) => `urn:pulumi:${stack}::apg-platform::${path}`;
      const foundation = own ? "apg:foundation:Cluster" : "apg:foundation:ExistingCluster";
      const ground = urn(`${foundation}$pulumi:providers:kubernetes::foundation::foundation-id`);
      // What needs operators has a provider of its own, which waits for them.
      const platform = urn("pulumi:providers:kubernetes::platform::platform-id");
      assert.deepEqual([...new Set(objects.map(({ provider }) => provider))], own ? [ground, platform] : [ground]);
      const inCapabilities = objects.filter(({ inputs }) => namespaces.includes(namespaceOf(inputs as Inputs)));
      assert.ok(inCapabilities.every(({ provider }) => provider === (own ? platform : ground)));
    });

    it("reaches the cluster of the stack and no other", async () => {
      const result = await program(stack);
      const provider = (name: string) => inputsOf(result, "pulumi:providers:kubernetes", name);
      if (!own) {
        assert.equal(provider("foundation")["context"], `apg-${stack}`);
        return;
      }
      for (const name of ["foundation", "platform"]) {
        const { clusters, users } = JSON.parse(plain(provider(name)["kubeconfig"])) as Kubeconfig;
        assert.deepEqual(
          clusters.map(({ cluster }) => cluster.server),
          ["https://0F0E.gr7.eu-central-1.eks.amazonaws.com"],
        );
        assert.deepEqual(
          users.map(({ user }) => user.exec.args),
          [["--region", "eu-central-1", "eks", "get-token", "--cluster-name", `apg-${stack}`, "--output", "json"]],
        );
      }
    });

    it("asks for no two objects of one name", async () => {
      const { resources } = await program(stack);
      const named = resources.flatMap(({ type, inputs }) => {
        const { name, namespace } = ((inputs as Inputs)["metadata"] ?? {}) as { name?: string; namespace?: string };
        return type.startsWith("kubernetes:") && name !== undefined ? [`${type} ${namespace ?? ""} ${name}`] : [];
      });
      assert.deepEqual(
        named.filter((each, index) => named.indexOf(each) !== index),
        [],
      );
    });

    if (own)
      it("runs no image in a capability's namespace that the cluster would refuse, or that has no repository", async () => {
        const result = await program(stack);
        const images = imagesOf(result.resources);
        const repositories = result.resources
          .filter(({ type }) => type === "aws:ecr/repository:Repository")
          .map(({ inputs }) => `${registries[stack]}/${(inputs as { name: string }).name}`);
        // All repositories are for something, and everything has one.
        assert.deepEqual(
          [...new Set(images.map((image) => image.replace(/:[^/]*$/, "")))],
          [...new Set(repositories)].sort(),
        );
        const policy = inputsOf(result, policyType, "platform-images");
        for (const image of images) assert.deepEqual(refusalsOf(image, policy), [], image);
        for (const [image, refusals] of Object.entries({
          "docker.io/envoyproxy/envoy:distroless-v1.39.1": 3,
          "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.1": 2,
          [`${registries[stack]}/mirror/redis:latest@sha256:${"0".repeat(64)}`]: 1,
        }))
          assert.equal(refusalsOf(image, policy).length, refusals, image);
      });

    it("names secrets so that AWS never takes the end of a name for what it puts there itself", async () => {
      const { resources } = await program(stack);
      const names = resources
        .filter(({ type }) => type === "aws:secretsmanager/secret:Secret")
        .map(({ inputs }) => (inputs as { name: string }).name);
      assert.equal(names.length > 0, own);
      assert.deepEqual(
        names.filter((name) => /-[A-Za-z0-9]{6}$/.test(name) || name.length > 256),
        [],
      );
    });

    it("exports the foundation for other stacks, and where the capabilities are reached", async () => {
      const result = await program(stack);
      const { foundation, endpoints } = result;
      const priorityClassName = "apg-capability";
      const kubeconfig = own && plain(inputsOf(result, "pulumi:providers:kubernetes", "foundation")["kubeconfig"]);
      assert.deepEqual(
        foundation,
        own
          ? { kubeconfig, priorityClassName, clusterName: `apg-${stack}` }
          : { kubeconfig: undefined, context: `apg-${stack}`, priorityClassName },
      );
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
        const { spec } = inputs as { spec: { podSelector: Inputs } };
        const labels = (spec?.podSelector?.["matchLabels"] ?? {}) as Record<string, string>;
        const whole = Object.keys(labels).length === 0 || labels["app.kubernetes.io/component"] === "api";
        return type.endsWith(":NetworkPolicy") && whole && namespaces.includes(namespaceOf(inputs as Inputs));
      });
      const stores = ["object-storage", "postgres", "redis", "sentinel"].map((store) => `allow-to-${store}`);
      const declared = {
        "audio-processing": [
          "allow-dns",
          "allow-from-computer-vision",
          "allow-to-ai-orchestration",
          "allow-to-composition-engine",
          "allow-to-notification-engine",
          "default-deny",
        ],
        "computer-vision": [
          "allow-dns",
          "allow-to-ai-orchestration",
          "allow-to-audio-processing",
          "allow-to-composition-engine",
          "allow-to-notification-engine",
          "default-deny",
        ],
      };
      // Where routes are, they bring the gateway's edge; elsewhere the stack file names it.
      const besides = own ? ["allow-to-pod-identity", "allow-from-public-route"] : ["allow-from-gateway"];
      // In the mesh the same edges, those of operators and monitoring to databases, and those within the namespace.
      const inMesh = (edges: string[]) =>
        [
          ...edges.filter((edge) => !["allow-dns", "default-deny"].includes(edge)),
          ...["public-route", "operator", "monitoring", "own", "probes"].map((from) => `allow-from-${from}`),
          "allow-to-own",
        ].map((edge) => `mesh-${edge}`);
      assert.deepEqual(
        policies.map(({ name }) => name).sort(),
        Object.entries(declared)
          .flatMap(([name, edges]) => [
            ...[...edges, ...stores, ...besides].map((edge) => `${name}-${edge}`),
            ...(own ? inMesh(edges).map((edge) => `mesh-${name}-${edge}`) : []),
          ])
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
          own ? `${registries[stack]}/apg/${name}:1.0.0@sha256:${"0".repeat(64)}` : `apg/${name}:1.0.0`,
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
            ...(own && { "istio.io/dataplane-mode": "ambient", "policy.sigstore.dev/include": "true" }),
          },
        });
      });
    }
  });
}
