// Which rules concern a resource is known by its type alone. @pulumi/policy learns it from each rule by a throw, after it has
// unpacked the resource for it: with hundreds of rules that is much of a preview. It has a short way for policies of one
// type, taken before any of that; this leads policies of several types there.
import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";

type Handler = (call: { request: { getType(): string } }, ...rest: unknown[]) => unknown;
type Handlers = { analyze?: Handler };
interface Services {
  addService: (service: unknown, handlers: never) => unknown;
}

/** Type of the resource that is being analyzed, for every request by itself: they overlap. */
const analyzed = new AsyncLocalStorage<string>();

/** Has every request to analyze a resource carry the resource's type; before the pack serves. */
export function followRequests(): void {
  const ofPolicy = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"));
  const { Server } = ofPolicy("@grpc/grpc-js") as { Server: { prototype: Services } };
  follow(Server.prototype);
}

/** The same for servers of this kind. */
export function follow(servers: Services): void {
  const addService = servers.addService as (service: unknown, handlers: Handlers) => unknown;
  servers.addService = function (this: unknown, service: unknown, handlers: Handlers) {
    const { analyze } = handlers;
    if (analyze === undefined) return addService.call(this, service, handlers);
    const followed: Handler = (call, ...rest) => analyzed.run(call.request.getType(), () => analyze(call, ...rest));
    return addService.call(this, service, { ...handlers, analyze: followed });
  };
}

/** The function, skipped for resources of types that it does not apply to; where nothing is known of a request, it runs. */
export function onlyFor<F extends object>(appliesTo: (type: string) => boolean, validate: F): F {
  return Object.defineProperty(validate, "__pulumiType", {
    get: () => {
      const type = analyzed.getStore();
      return type === undefined || appliesTo(type) ? undefined : "another";
    },
  });
}
