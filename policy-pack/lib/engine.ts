// What the engine tells a policy pack, taken where it arrives. @pulumi/policy hands it on in a form that a strict pack
// cannot use: secrets in plain text, unknown values as a throw that turns a mandatory policy into advice, every resource
// unpacked again for every policy, the outputs of resources (with the API server's own defaults) where all of the stack
// is judged, and no word of the stack's config. So this listens to the same messages and keeps what the program said.
import proto from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type * as messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import { configured, withConfig } from "./config.ts";
import { PlannedStack } from "./planned-stack.ts";
import type { PlannedResource } from "./rule.ts";
import { reveal } from "./sentinels.ts";

export class Engine {
  readonly #planned = new Map<string, PlannedResource>();
  #stack = new PlannedStack([]);
  #environment: string | undefined;
  #refersToFoundation = false;
  #configured: Readonly<Record<string, unknown>> = {};
  #plain: Readonly<Record<string, string>> = {};

  constructor() {
    const { analyze, analyzeStack, configureStack } = proto.AnalyzerService;
    listen(analyze, (request) => this.#analyze(request));
    listen(analyzeStack, (request) => this.#analyzeStack(request));
    listen(configureStack, (request) => {
      const config = request.getConfigMap();
      this.#environment = config.get("apg:environment");
      this.#refersToFoundation = namesStack(config.get("apg:foundation"));
      this.#configured = configured(config.getEntryList());
      const secrets = request.getConfigSecretKeysList();
      this.#plain = Object.fromEntries(config.getEntryList().filter(([key]) => !secrets.includes(key)));
    });
  }

  /** The stack's environment, from its config; undefined where there is none, as in `pulumi policy analyze`. */
  get environment(): string | undefined {
    return this.#environment;
  }

  /** Whether the stack's config says that its foundation is another stack's. */
  get refersToFoundation(): boolean {
    return this.#refersToFoundation;
  }

  /** The resource that is being analyzed. */
  resource(urn: string): PlannedResource {
    const resource = this.#planned.get(urn);
    if (resource === undefined) throw new Error(`The engine sent nothing about ${urn} that this pack can read.`);
    return resource;
  }

  /** The whole stack, once all resources have been analyzed. */
  get stack(): PlannedStack {
    return this.#stack;
  }

  #analyze(request: messages.AnalyzeRequest): void {
    const { type, urn, name } = request.toObject();
    const parent = request.getOptions()?.getParent() ?? "";
    this.#planned.set(urn, {
      urn,
      type,
      name,
      props: take(request),
      dependencies: [],
      ...regionOf(request),
      ...(parent === "" ? {} : { parent }),
    });
    request.clearProvider();
  }

  #analyzeStack(request: messages.AnalyzeStackRequest): void {
    const resources = request.getResourcesList().map((resource) => {
      const parent = resource.getParent();
      const outputs = take(resource);
      const properties = resource.getPropertydependenciesMap();
      return {
        urn: resource.getUrn(),
        type: resource.getType(),
        name: resource.getName(),
        // A resource that is left alone (--target) was not analyzed: its outputs are all there is.
        props: this.#planned.get(resource.getUrn())?.props ?? outputs,
        dependencies: resource.getDependenciesList(),
        ...regionOf(resource),
        propertyDependencies: Object.fromEntries(
          properties.getEntryList().map(([property]) => [property, properties.get(property)?.getUrnsList() ?? []]),
        ),
        ...(parent === "" ? {} : { parent }),
      };
    });
    this.#stack = new PlannedStack(withConfig(resources, this.#configured, this.#plain));
    // The SDK would unpack all of them once more for every policy.
    request.setResourcesList([]);
  }
}

/** A map in stack config arrives as JSON. The reference itself is not among the resources that the engine sends. */
function namesStack(foundation = "{}"): boolean {
  try {
    return (JSON.parse(foundation) as { stack?: unknown } | null)?.stack !== undefined;
  } catch {
    return false;
  }
}

/** The region of the provider, which leaves the properties to the SDK. */
function regionOf(message: messages.AnalyzeRequest | messages.AnalyzerResource): { region?: string } {
  const region = message.getProvider()?.getProperties()?.getFieldsMap().get("region")?.getStringValue() ?? "";
  return region === "" ? {} : { region };
}

/** Takes a message's properties, and leaves none for the SDK to unpack once more for every policy. */
function take(message: messages.AnalyzeRequest | messages.AnalyzerResource): Record<string, unknown> {
  const properties = message.getProperties();
  const props = properties?.toJavaScript() ?? {};
  properties?.getFieldsMap().clear();
  return reveal(props);
}

/** Lets a listener see every request of a call before the SDK does. */
function listen<Request>(
  call: { requestDeserialize: (bytes: Buffer) => Request },
  hear: (request: Request) => void,
): void {
  const decode = call.requestDeserialize;
  call.requestDeserialize = (bytes) => {
    const request = decode(bytes);
    hear(request);
    return request;
  };
}
