// Runs the analyzer by which Pulumi makes a package for other languages out of these components: a union, a callback or
// an intersection in an argument would shut Python, Go, C# and YAML programs out. ExistingCluster is left out: what it
// is for is the provider object that it hands to a program in its own language.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import type { AnalyzeResult } from "@pulumi/pulumi/provider/experimental/analyzer.js";

const root = join(import.meta.dirname, "../../..");
const names = ["Application", "Autoscaling", "Capability", "CapabilityNamespace", "NetworkPolicies"];

describe("components in other languages", () => {
  let result: AnalyzeResult;

  before(function () {
    this.timeout(120_000);
    const packageJSON = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
    result = new Analyzer(root, "apg", packageJSON, new Set(names)).analyze();
  });

  it("have a schema of what must be given", () => {
    const required = Object.values(result.components).map(({ name, inputs }) => [
      name,
      Object.keys(inputs).filter((input) => inputs[input]!.optional !== true),
    ]);
    assert.deepEqual(Object.fromEntries(required), {
      Application: ["namespace", "capability", "environment", "image"],
      Autoscaling: ["namespace", "target"],
      Capability: ["environment", "image"],
      CapabilityNamespace: ["capability", "environment"],
      NetworkPolicies: ["namespace"],
    });
  });

  it("have in it what one interface of arguments takes over from another", () => {
    const workload = [
      "image",
      "allowUndigestedImage",
      "component",
      "port",
      "resources",
      "settings",
      "featureFlags",
      "secrets",
      "probes",
      "sessionAffinity",
      "runtime",
      "nodeAffinity",
      "tolerations",
      "minAvailable",
      "preStopSeconds",
      "terminationGraceSeconds",
      "priorityClassName",
      "deploymentTimeout",
    ];
    const { Application, Capability } = result.components;
    assert.deepEqual(Object.keys(Application!.inputs), ["namespace", "capability", "environment", ...workload]);
    assert.deepEqual(Object.keys(Capability!.inputs), [
      "capability",
      "environment",
      "replicas",
      "scaling",
      "persistentVolumeClaims",
      "operatorGroups",
      "viewerGroups",
      "connectsTo",
      "acceptsFrom",
      ...workload,
    ]);
  });

  it("have a schema of what they put out", () => {
    const outputs = Object.values(result.components).map(({ name, outputs }) => [name, Object.keys(outputs)]);
    assert.deepEqual(Object.fromEntries(outputs), {
      Application: ["deploymentName", "serviceName", "endpoint"],
      Autoscaling: ["autoscalerName"],
      Capability: ["namespace", "endpoint"],
      CapabilityNamespace: ["namespace"],
      NetworkPolicies: ["policyNames"],
    });
  });

  it("carry their documentation along as text", () => {
    const documented = [
      ...Object.values(result.components),
      ...Object.values(result.components).flatMap(({ inputs, outputs }) => Object.values({ ...inputs, ...outputs })),
      ...Object.values(result.typeDefinitions).flatMap(({ properties }) => Object.values(properties ?? {})),
    ];
    const broken = documented.filter(({ description }) => !description || description.includes("[object"));
    assert.deepEqual(broken, []);
  });
});
