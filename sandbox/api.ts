import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import type { CertificateFiles } from "./certificates.ts";

/** An answer of the API server other than success. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

interface Answer {
  status: number;
  body: string;
}

/** A client for an HTTPS server of the sandbox that asks for a client certificate. */
export class ApiClient {
  readonly #server: string;
  readonly #authority: string;
  readonly #client: CertificateFiles;
  #agent: Agent | undefined;

  /** Files are read at the first call. */
  constructor(server: string, authority: string, client: CertificateFiles) {
    this.#server = server;
    this.#authority = authority;
    this.#client = client;
  }

  /** Whether a health address answers 200. */
  async isHealthy(path: string): Promise<boolean> {
    try {
      return (await this.#send("GET", path)).status === 200;
    } catch {
      return false;
    }
  }

  async get<T>(path: string): Promise<T> {
    return this.#call<T>("GET", path);
  }

  async create<T>(path: string, body: object): Promise<T> {
    return this.#call<T>("POST", path, body);
  }

  /** Server-side apply: creates the object or makes it so. */
  async apply<T>(path: string, body: object): Promise<T> {
    return this.#call<T>("PATCH", `${path}?fieldManager=apg-sandbox&force=true`, body, "application/apply-patch+yaml");
  }

  async delete(path: string): Promise<void> {
    await this.#call("DELETE", path);
  }

  close(): void {
    this.#agent?.destroy();
  }

  /** @throws ApiError with the server's own message */
  async #call<T>(method: string, path: string, body?: object, type = "application/json"): Promise<T> {
    const answer = await this.#send(method, path, body && JSON.stringify(body), type);
    const content = JSON.parse(answer.body) as T & { message?: string };
    if (answer.status >= 400) throw new ApiError(answer.status, content.message ?? answer.body);
    return content;
  }

  async #send(method: string, path: string, body?: string, type?: string): Promise<Answer> {
    this.#agent ??= await this.#connect();
    const headers = body === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(body) };
    const call = request(new URL(path, this.#server), { method, agent: this.#agent, headers, timeout: 10_000 });
    call.on("timeout", () => call.destroy(new Error(`${this.#server} does not answer.`)));
    call.end(body);
    const [response] = (await once(call, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }

  async #connect(): Promise<Agent> {
    const files = [this.#authority, this.#client.cert, this.#client.key];
    const [ca, cert, key] = await Promise.all(files.map((path) => readFile(path)));
    return new Agent({ ca, cert, key, keepAlive: true });
  }
}
