// Talks to the pack as the engine does: starts it with Pulumi's own loader, and sends every resource over gRPC, first by
// itself (inputs) and then all together (outputs).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { FixtureResource } from "./good-stack.ts";

const packDirectory = fileURLToPath(new URL("../../policy-pack/", import.meta.url));

export interface Diagnostic {
  policy: string;
  level: "advisory" | "mandatory";
  message: string;
  /** Logical name of the resource. */
  resource: string;
}

export interface Policy {
  name: string;
  description: string;
  level: number;
  settings: string[];
}

export class Pack {
  readonly #process: ReturnType<typeof spawn>;
  readonly #client: services.AnalyzerClient;

  private constructor(process: ReturnType<typeof spawn>, client: services.AnalyzerClient) {
    this.#process = process;
    this.#client = client;
  }

  static async start(): Promise<Pack> {
    const loader = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
    const child = spawn(process.execPath, [loader, "127.0.0.1:1", packDirectory], {
      cwd: dirname(packDirectory),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await Promise.race([
      once(createInterface(child.stdout), "line"),
      once(child, "exit").then(() => Promise.reject(new Error("The pack ended before it answered."))),
    ])) as [string];
    return new Pack(child, new services.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure()));
  }

  async stop(): Promise<void> {
    this.#client.close();
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }

  /** What `pulumi preview` sends of the stack before any resource. */
  async configureStack(config: Record<string, string>, secretKeys: string[] = []): Promise<void> {
    const request = new messages.AnalyzerStackConfigureRequest();
    request.setConfigSecretKeysList(secretKeys);
    for (const [key, value] of Object.entries(config)) request.getConfigMap().set(key, value);
    await this.#call<unknown>((callback) => this.#client.configureStack(request, callback));
  }

  /** What `--policy-pack-config` sends; nothing resets it. */
  async configure(settings: Record<string, Record<string, struct.JavaScriptValue>>): Promise<void> {
    const request = new messages.ConfigureAnalyzerRequest();
    for (const [policy, properties] of Object.entries(settings)) {
      const config = new messages.PolicyConfig();
      config.setEnforcementlevel(messages.EnforcementLevel.MANDATORY);
      config.setProperties(struct.Struct.fromJavaScript(properties));
      request.getPolicyconfigMap().set(policy, config);
    }
    await this.#call<unknown>((callback) => this.#client.configure(request, callback));
  }

  /** Lets the pack ask nothing but one rule, which is what a case of that rule costs less by; without a rule it asks all again. */
  async askOnly(rule?: string): Promise<void> {
    const request = new messages.ConfigureAnalyzerRequest();
    const disabled = new messages.PolicyConfig();
    disabled.setEnforcementlevel(messages.EnforcementLevel.DISABLED);
    disabled.setProperties(struct.Struct.fromJavaScript({}));
    const others = rule === undefined ? [] : (await this.policies()).filter(({ name }) => name !== rule);
    for (const { name } of others) request.getPolicyconfigMap().set(name, disabled);
    await this.#call<unknown>((callback) => this.#client.configure(request, callback));
  }

  async policies(): Promise<Policy[]> {
    const info = await this.#call<messages.AnalyzerInfo>((callback) =>
      this.#client.getAnalyzerInfo(new empty.Empty(), callback),
    );
    return info.getPoliciesList().map((policy) => ({
      name: policy.getName(),
      description: policy.getDescription(),
      level: policy.getEnforcementlevel(),
      settings: Object.keys(policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {}),
    }));
  }

  /** Everything that the pack says about the stack; untouched resources are only in the stack, as under --target. */
  async analyze(
    resources: readonly FixtureResource[],
    untouched: readonly FixtureResource[] = [],
  ): Promise<Diagnostic[]> {
    // The engine does not wait for one resource before it asks about the next either.
    const alone = await Promise.all(
      resources.map(async (resource) => {
        const response = await this.#call<messages.AnalyzeResponse>((callback) =>
          this.#client.analyze(request(resource), callback),
        );
        return response.getDiagnosticsList().map((each) => diagnostic(each, resource.urn));
      }),
    );
    const stack = new messages.AnalyzeStackRequest();
    stack.setResourcesList([...resources, ...untouched].map(stackResource));
    const together = await this.#call<messages.AnalyzeResponse>((callback) =>
      this.#client.analyzeStack(stack, callback),
    );
    return [...alone.flat(), ...together.getDiagnosticsList().map((each) => diagnostic(each, each.getUrn()))];
  }

  #call<Response>(
    send: (callback: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
  ): Promise<Response> {
    return promisify<Response>((callback) => void send((error, response) => callback(error, response)))();
  }
}

function request(resource: FixtureResource): messages.AnalyzeRequest {
  const message = new messages.AnalyzeRequest();
  message.setType(resource.type);
  message.setUrn(resource.urn);
  message.setName(resource.name);
  message.setProperties(struct.Struct.fromJavaScript(resource.props));
  message.setOptions(new messages.AnalyzerResourceOptions());
  return message;
}

function stackResource(resource: FixtureResource): messages.AnalyzerResource {
  const message = new messages.AnalyzerResource();
  message.setType(resource.type);
  message.setUrn(resource.urn);
  message.setName(resource.name);
  message.setProperties(struct.Struct.fromJavaScript(resource.outputs ?? resource.props));
  message.setOptions(new messages.AnalyzerResourceOptions());
  for (const [property, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    const dependencies = new messages.AnalyzerPropertyDependencies();
    dependencies.setUrnsList(urns);
    message.getPropertydependenciesMap().set(property, dependencies);
  }
  message.setParent(resource.parent ?? "");
  message.setDependenciesList(resource.dependencies ?? []);
  if (resource.region !== undefined) message.setProvider(providerIn(resource.region));
  return message;
}

function providerIn(region: string): messages.AnalyzerProviderResource {
  const provider = new messages.AnalyzerProviderResource();
  provider.setProperties(struct.Struct.fromJavaScript({ region }));
  return provider;
}

function diagnostic(message: messages.AnalyzeDiagnostic, urn: string): Diagnostic {
  const text = message.getMessage();
  const prefix = `${message.getDescription()}\n`;
  return {
    policy: message.getPolicyname(),
    level: message.getEnforcementlevel() === messages.EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
    message: text.startsWith(prefix) ? text.slice(prefix.length) : text,
    resource: urn.slice(urn.lastIndexOf("::") + 2),
  };
}
