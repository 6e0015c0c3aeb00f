// Keeps a copy of all objects of a kind: a list, then a watch, and anew when the watch is lost.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { text } from "node:stream/consumers";

export interface ServerAccess {
  /** `https://...` */
  server: string;
  /** Files: the authority's certificate, the client's certificate and key. */
  authority: string;
  cert: string;
  key: string;
}

interface Meta {
  metadata: { name: string; namespace?: string; resourceVersion?: string };
}

const longestPauseMs = 5000;

export class Watched<T extends Meta> {
  readonly #objects = new Map<string, T>();
  readonly #path: string;
  readonly #access: ServerAccess;
  readonly #changed: () => void;
  #complete = false;
  #agent: Agent | undefined;

  /** @param path Address of the list, such as `/api/v1/pods` */
  constructor(path: string, access: ServerAccess, changed: () => void) {
    this.#path = path;
    this.#access = access;
    this.#changed = changed;
  }

  /** Whether it was listed once: from then on the copy may be old, but it is whole. */
  get complete(): boolean {
    return this.#complete;
  }

  get objects(): T[] {
    return [...this.#objects.values()];
  }

  /** Follows the server until `signal`; while it is away the copy stays as it is. */
  async follow(say: (line: string) => void, signal?: AbortSignal): Promise<void> {
    for (let pause = 100; !signal?.aborted; pause = Math.min(pause * 2, longestPauseMs)) {
      try {
        await this.#watch(await this.#list());
        pause = 100;
      } catch (error) {
        say(`${this.#path}: ${(error as Error).message}`);
        await sleep(pause);
      }
    }
  }

  async #list(): Promise<string> {
    const response = await this.#get("");
    const body = await text(response);
    if (response.statusCode !== 200) throw new Error(`the server answers ${response.statusCode}`);
    const { items, metadata } = JSON.parse(body) as { items: T[]; metadata: { resourceVersion: string } };
    this.#objects.clear();
    for (const object of items) this.#objects.set(keyOf(object), object);
    this.#complete = true;
    this.#changed();
    return metadata.resourceVersion;
  }

  /** Ends when the server ends it, or says that the version is too old. */
  async #watch(version: string): Promise<void> {
    const response = await this.#get(`?watch=1&allowWatchBookmarks=true&resourceVersion=${version}&timeoutSeconds=300`);
    if (response.statusCode !== 200) throw new Error(`the server answers ${response.statusCode}`);
    try {
      for await (const line of createInterface(response)) {
        const { type, object } = JSON.parse(line) as { type: string; object: T };
        if (type === "ERROR") return;
        if (type === "BOOKMARK") continue;
        if (type === "DELETED") this.#objects.delete(keyOf(object));
        else this.#objects.set(keyOf(object), object);
        this.#changed();
      }
    } finally {
      response.destroy();
    }
  }

  async #get(query: string): Promise<IncomingMessage> {
    const { server, authority, cert, key } = this.#access;
    this.#agent ??= new Agent({ ca: readFileSync(authority), cert: readFileSync(cert), key: readFileSync(key) });
    const call = request(new URL(`${this.#path}${query}`, server), { agent: this.#agent });
    // A server that is gone without a word is noticed; bookmarks come about once a minute.
    call.setTimeout(120_000, () => call.destroy(new Error("the server is silent")));
    call.end();
    const [response] = (await once(call, "response")) as [IncomingMessage];
    // Who reads the answer learns of an error; one that comes when nobody reads any more is not the end of the process.
    for (const emitter of [call, response]) emitter.on("error", () => undefined);
    return response;
  }
}

const keyOf = ({ metadata }: Meta) => `${metadata.namespace ?? ""}/${metadata.name}`;
