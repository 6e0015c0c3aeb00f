// Speaks the engine's protocol for a provider. The SDK's own server (pulumi.provider.main) keeps from a provider what ours
// need: its configuration, whether a call is a preview, old inputs, and the seed of generated names; and it loads the SDK.
import { flushCompileCache } from "node:module";
import { Metadata, Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { Change, Checked, ResourceProvider, Subject } from "./provider.ts";
import { fromStruct, toStruct, type Values } from "./values.ts";

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

const { PropertyDiff } = messages;
const kinds = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

/** Serves until the engine that started this process ends, and tells it the port on the first line of standard output. */
export async function serve(provider: ResourceProvider): Promise<void> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(services.ResourceProviderService, handlersOf(provider));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  console.log(port);
  // Engines end their providers by a signal, at which Node would keep nothing of what it has compiled.
  setTimeout(flushCompileCache, 200).unref();
  // An engine that is killed says no good-bye.
  const engine = process.ppid;
  setInterval(() => process.ppid === engine || process.exit(0), 1000).unref();
}

function handlersOf(provider: ResourceProvider) {
  const nothing = () => new empty.Empty();
  return {
    attach: answer(nothing),
    cancel: answer(nothing),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(provider.version)),
    getSchema: answer(() => new messages.GetSchemaResponse().setSchema("{}")),

    checkConfig: answer(async (request: messages.CheckRequest) => {
      const config = fromStruct(request.getNews());
      return checkResponse((await provider.checkConfig?.(config)) ?? { inputs: config, refusals: [] });
    }),
    diffConfig: answer((request: messages.DiffRequest) => {
      const before = JSON.stringify(fromStruct(request.getOldInputs() ?? request.getOlds()));
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      const same = before === JSON.stringify(fromStruct(request.getNews()));
      return new messages.DiffResponse().setChanges(same ? DIFF_NONE : DIFF_SOME);
    }),
    configure: answer((request: messages.ConfigureRequest) => {
      provider.configure?.(fromStruct(request.getArgs()));
      // Secrets stay with the engine, which marks the outputs that it had as inputs again.
      return new messages.ConfigureResponse()
        .setAcceptsecrets(false)
        .setAcceptresources(false)
        .setAcceptoutputs(false)
        .setSupportspreview(true);
    }),

    check: answer(async (request: messages.CheckRequest) => {
      const [old, inputs] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      return checkResponse(await provider.check(subjectOf(request), old, inputs, request.getRandomseed_asU8()));
    }),
    diff: answer(async (request: messages.DiffRequest) => {
      const [inputs, outputs] = [fromStruct(request.getOldInputs()), fromStruct(request.getOlds())];
      const deployed = { id: request.getId(), inputs, outputs };
      const { changes, deleteFirst } = await provider.diff(subjectOf(request), deployed, fromStruct(request.getNews()));
      return diffResponse(changes).setDeletebeforereplace(deleteFirst ?? false);
    }),
    create: answer(async (request: messages.CreateRequest) => {
      const inputs = fromStruct(request.getProperties());
      const { id, outputs } = await provider.create(subjectOf(request), inputs, request.getPreview());
      return new messages.CreateResponse().setId(request.getPreview() ? "" : id).setProperties(toStruct(outputs));
    }),
    read: answer(async (request: messages.ReadRequest) => {
      const known = [fromStruct(request.getInputs()), fromStruct(request.getProperties())] as const;
      const { inputs, outputs } = await provider.read(subjectOf(request), request.getId(), ...known);
      return new messages.ReadResponse()
        .setId(request.getId())
        .setInputs(toStruct(inputs))
        .setProperties(toStruct(outputs));
    }),
    update: answer(async (request: messages.UpdateRequest) => {
      const [old, inputs] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const subject = subjectOf(request);
      const outputs = await provider.update(subject, request.getId(), old, inputs, request.getPreview());
      return new messages.UpdateResponse().setProperties(toStruct(outputs));
    }),
    delete: answer(async (request: messages.DeleteRequest) => {
      await provider.delete?.(subjectOf(request), request.getId(), fromStruct(request.getProperties()));
      return new empty.Empty();
    }),
    invoke: answer(async (request: messages.InvokeRequest) => {
      if (!provider.invoke) throw new Error(`${request.getTok()} is not known here`);
      const { outputs, refusals = [] } = await provider.invoke(request.getTok(), fromStruct(request.getArgs()));
      const response = new messages.InvokeResponse().setFailuresList(failures({ inputs: {}, refusals }));
      return outputs ? response.setReturn(toStruct(outputs)) : response;
    }),
  };
}

function answer<Request, Response>(handler: Handler<Request, Response>) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          callback({ code: status.UNKNOWN, details, metadata: new Metadata() });
        },
      );
  };
}

function subjectOf(request: { getUrn(): string; getName(): string; getType(): string }): Subject {
  // urn:pulumi:stack::project::parent$type::name
  const [, , , types = "", ...name] = request.getUrn().split("::");
  return {
    urn: request.getUrn(),
    type: request.getType() || types.slice(types.lastIndexOf("$") + 1),
    name: request.getName() || name.join("::"),
  };
}

/** The engine shows a refused property with its value, but it finds only a whole input so, not what is within one. */
const failures = ({ refusals }: Checked) =>
  refusals.map(({ property, reason }) => {
    const within = /[.[]/.test(property);
    return new messages.CheckFailure()
      .setProperty(within ? "" : property)
      .setReason(within ? `${property}: ${reason}` : reason);
  });

const checkResponse = (checked: Checked) =>
  new messages.CheckResponse().setInputs(toStruct(checked.inputs satisfies Values)).setFailuresList(failures(checked));

function diffResponse(changes: readonly Change[]): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse()
    .setChanges(changes.length ? DIFF_SOME : DIFF_NONE)
    .setHasdetaileddiff(true);
  for (const { path, kind, replaces } of changes) {
    const entry = new PropertyDiff().setKind(kinds[kind][replaces ? 1 : 0]).setInputdiff(true);
    response.getDetaileddiffMap().set(path, entry);
  }
  const names = (some: readonly Change[]) => [...new Set(some.map(({ path }) => /^[^.[]+/.exec(path)?.[0] ?? path))];
  return response.setDiffsList(names(changes)).setReplacesList(names(changes.filter(({ replaces }) => replaces)));
}
