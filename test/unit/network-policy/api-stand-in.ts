// A stand-in for the API server: lists and watches of what it is given.
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { ensureCertificates } from "../../../sandbox/certificates.ts";
import type { ServerAccess } from "../../../sandbox/network-policy/watch.ts";

interface Thing {
  metadata: { name: string; namespace?: string };
}

export class ApiStandIn {
  /** Objects by resource, such as "pods". */
  readonly objects: Record<string, Thing[]> = { pods: [], namespaces: [], networkpolicies: [] };
  /** Paths of the lists and watches that were asked for. */
  readonly asked: string[] = [];
  readonly #watches = new Map<string, ServerResponse>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #access: ServerAccess | undefined;

  async start(dir: string): Promise<ServerAccess> {
    const { authorities, certificates } = await ensureCertificates(dir);
    const { cert, key } = certificates.apiserver;
    const ca = readFileSync(authorities.ca.cert);
    const options = { ca, cert: readFileSync(cert), key: readFileSync(key), requestCert: true };
    this.#server = createServer(options, (request, response) => this.#answer(request, response));
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket.on("close", () => this.#sockets.delete(socket)));
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    const server = `https://127.0.0.1:${this.#port}`;
    this.#access = { server, authority: authorities.ca.cert, ...certificates["network-policy"] };
    return this.#access;
  }

  /** Tells the watch of a resource. */
  tell(resource: string, type: string, object: object): void {
    this.#watches.get(resource)!.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** Ends all watches as a server does whose time for them is over. */
  endWatches(): void {
    for (const watch of this.#watches.values()) watch.end();
  }

  /** Cuts all connections as a machine does that is gone: by a reset. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server!.close(() => resolve()));
    this.reset();
    await closed;
  }

  #answer({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, "https://stand-in");
    const resource = pathname.split("/").at(-1)!;
    this.asked.push(`${searchParams.has("watch") ? "watch" : "list"} ${resource}`);
    if (searchParams.has("watch")) {
      this.#watches.set(resource, response);
      response.flushHeaders();
    } else response.end(JSON.stringify({ metadata: { resourceVersion: "7" }, items: this.objects[resource] }));
  }
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => boolean, ms = 15_000): Promise<void> {
  for (const deadline = Date.now() + ms; !isSo();) {
    if (Date.now() > deadline) throw new Error(`not so in ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
