// An SDK's typings, read from its declaration files when a type is first asked for and kept on disk from then on: TypeScript
// itself takes half a second to load.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { toolCache } from "../../tools.ts";
import type { Shape, Typing } from "./model.ts";

type Side = "input" | "output";

/** Where parsed typings are kept, beside the tools and by version, for every clone. */
export function typingsCache(env: NodeJS.ProcessEnv = process.env): string {
  const tools = toolCache(env);
  return join(env["APG_TOOL_CACHE"] === undefined ? dirname(tools) : tools, "typings");
}

export class Typings {
  readonly version: string;
  readonly #package: string;
  readonly #root: string;
  readonly #cache: string;
  readonly #known = new Map<string, unknown>();

  /** @param sdk Name of the npm package, such as `@pulumi/aws` */
  constructor(sdk: string, cache = typingsCache()) {
    const manifest = createRequire(import.meta.url).resolve(`${sdk}/package.json`);
    this.#root = dirname(manifest);
    this.version = (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
    this.#package = sdk.slice(sdk.lastIndexOf("/") + 1);
    const parser = createHash("sha256").update(readFileSync(join(import.meta.dirname, "parse.ts")));
    this.#cache = join(cache, `${this.#package}-${this.version}-${parser.digest("hex").slice(0, 12)}`);
  }

  /** Of a resource type such as `aws:s3/bucket:Bucket`, or nothing where the SDK has no such. */
  async resource(token: string): Promise<Typing | undefined> {
    const [sdk, module, name] = token.split(":");
    if (sdk !== this.#package || !module || !name || !/^[\w/]+$/.test(module)) return undefined;
    return this.#kept(`${module}.${name}`, async () => {
      const path = this.#declaring(token, module.replace(/^index\//, ""));
      if (path === undefined) return undefined;
      const shapes = await this.#shapes(this.#text(path));
      const script = readFileSync(join(this.#root, `${path}.js`), "utf8");
      const secrets = /additionalSecretOutputs: (\[.*?\])/.exec(script)?.[1] ?? "[]";
      const outputs = { ...shapes.get(name) };
      delete outputs["urn"];
      return {
        inputs: shapes.get(`${name}Args`) ?? {},
        outputs,
        secrets: JSON.parse(secrets) as string[],
      } satisfies Typing;
    });
  }

  /** Of a function such as `aws:iam/getPolicyDocument:getPolicyDocument`: its arguments and its result. */
  async function(token: string): Promise<Pick<Typing, "inputs" | "outputs"> | undefined> {
    const [sdk, module = "", name = ""] = token.split(":");
    const path = module.replace(/^index\//, "");
    if (sdk !== this.#package || !/^[\w/]+$/.test(path) || !existsSync(this.#file(path))) return undefined;
    return this.#kept(`${module}.${name}`, async () => {
      const shapes = await this.#shapes(this.#text(path));
      const interfaceName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return { inputs: shapes.get(`${interfaceName}Args`) ?? {}, outputs: shapes.get(`${interfaceName}Result`) ?? {} };
    });
  }

  /** Of the provider's own configuration. */
  configuration(): Promise<Shape> {
    return this.#kept("provider", async () => (await this.#shapes(this.#text("provider"))).get("ProviderArgs") ?? {});
  }

  /** The file that declares a type: its module's, but for names that a file system or another module would confuse. */
  #declaring(token: string, path: string): string | undefined {
    const declares = (file: string) =>
      existsSync(join(this.#root, `${file}.js`)) &&
      readFileSync(join(this.#root, `${file}.js`), "utf8").includes(`__pulumiType = '${token}'`);
    if (declares(path)) return path;
    const folder = dirname(path);
    if (!existsSync(join(this.#root, folder))) return undefined;
    const files = readdirSync(join(this.#root, folder)).filter((file) => file.endsWith(".js"));
    return files.map((file) => join(folder, file.slice(0, -".js".length))).find(declares);
  }

  /** Of a named type such as `s3.BucketLogging`, as input or as output. */
  async named(side: Side, name: string): Promise<Shape> {
    const [namespace, own] = name.includes(".") ? name.split(".") : ["", name];
    const all = await this.#kept(join("types", side, `${namespace || "index"}`), async () =>
      Object.fromEntries(await this.#shapes(this.#namespace(side, namespace!))),
    );
    return all[own!] ?? {};
  }

  /** The declarations of one namespace: the whole file has six million characters. */
  #namespace(side: Side, namespace: string): string {
    const text = this.#text(`types/${side}`);
    const start = namespace ? text.indexOf(`\nexport declare namespace ${namespace} {`) : 0;
    const next = text.indexOf("\nexport declare namespace ", start + 1);
    return start < 0 ? "" : text.slice(start, next < 0 ? undefined : next);
  }

  async #shapes(text: string): Promise<Map<string, Shape>> {
    const { enumerationsOf, shapesOf } = await import("./parse.ts");
    return shapesOf(text, (name) => {
      const [namespace, own] = name.includes(".") ? name.split(".") : ["", name];
      const file = join("types/enums", namespace!, "index");
      return existsSync(this.#file(file)) ? enumerationsOf(this.#text(file)).get(own!) : undefined;
    });
  }

  #file = (path: string) => join(this.#root, `${path}.d.ts`);
  #text = (path: string) => readFileSync(this.#file(path), "utf8");

  async #kept<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key);
    if (known) return known as Promise<T>;
    const kept = (async () => {
      const file = join(this.#cache, `${key}.json`);
      if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as T;
      const made = await make();
      if (made === undefined) return made;
      mkdirSync(dirname(file), { recursive: true });
      // In one step, since another preview may be reading or writing the same.
      const draft = `${file}.${process.pid}.draft`;
      writeFileSync(draft, JSON.stringify(made));
      renameSync(draft, file);
      return made;
    })();
    this.#known.set(key, kept);
    return kept;
  }
}
