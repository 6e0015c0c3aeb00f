// How long a program takes from its process's start to the first resource that it registers. The program and the SDK are
// the real ones, started as a language host starts them; only the engine at the other end is ours, to hold the watch.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { parse } from "yaml";
import { readFileSync } from "node:fs";
import { projectName, projectRoot } from "../sandbox/workspace.ts";

const require = createRequire(import.meta.url);
/** The SDK's generated stubs have no typings of their own. */
type Stub = Record<string, new () => Record<string, (value: unknown) => void>>;
const load = <T>(name: string) => require(`@pulumi/pulumi/proto/${name}`) as T;
const resources = load<Stub>("resource_pb");
const engine = load<Stub>("engine_pb");
const empty = require("google-protobuf/google/protobuf/empty_pb.js") as Stub;
const { ResourceMonitorService } = load<{ ResourceMonitorService: grpc.ServiceDefinition }>("resource_grpc_pb");
const { EngineService } = load<{ EngineService: grpc.ServiceDefinition }>("engine_grpc_pb");

type Answer = grpc.sendUnaryData<unknown>;

/**
 * Runs index.ts with the sandbox stack's configuration until it registers a resource of its own.
 *
 * @returns milliseconds since the process was started.
 */
export async function millisecondsToFirstResource(env: NodeJS.ProcessEnv): Promise<number> {
  const server = new grpc.Server();
  let registered: (type: string) => void = () => undefined;
  const supports = (_: unknown, answer: Answer) => {
    const response = new resources["SupportsFeatureResponse"]!();
    response["setHassupport"]!(true);
    answer(null, response);
  };
  const register = (call: { request: { getType(): string; getName(): string } }, answer: Answer) => {
    const response = new resources["RegisterResourceResponse"]!();
    response["setUrn"]!(`urn:pulumi:bench::bench::${call.request.getType()}::${call.request.getName()}`);
    registered(call.request.getType());
    answer(null, response);
  };
  const nothing = (_: unknown, answer: Answer) => answer(null, new empty["Empty"]!());
  server.addService(ResourceMonitorService, {
    supportsFeature: supports,
    registerResource: register,
    registerResourceOutputs: nothing,
  });
  const words: string[] = [];
  const log = (call: { request: { getMessage(): string } }, answer: Answer) => {
    words.push(call.request.getMessage());
    nothing(call, answer);
  };
  server.addService(EngineService, {
    log,
    setRootResource: (_: unknown, answer: Answer) => answer(null, new engine["SetRootResourceResponse"]!()),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );

  const { config } = parse(readFileSync(join(projectRoot, "Pulumi.sandbox.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const flat = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const address = `127.0.0.1:${port}`;
  const script = join(projectRoot, "node_modules/@pulumi/pulumi/cmd/run/index.js");
  const stack = ["--project", projectName, "--stack", "bench", "--organization", "organization", "--parallel", "8"];
  const started = performance.now();
  const program = spawn(
    process.execPath,
    [
      script,
      "--monitor",
      address,
      "--engine",
      address,
      ...stack,
      "--root-directory",
      projectRoot,
      "--pwd",
      projectRoot,
      "--dry-run",
      "index.ts",
    ],
    {
      cwd: projectRoot,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...env, PULUMI_CONFIG: JSON.stringify(Object.fromEntries(flat)), PULUMI_NODEJS_TYPESCRIPT: "false" },
    },
  );
  try {
    return await new Promise<number>((resolve, reject) => {
      registered = (type) => {
        if (type !== "pulumi:pulumi:Stack") resolve(performance.now() - started);
      };
      program.on("exit", (code) =>
        reject(new Error(`index.ts ended with exit code ${code} and registered nothing: ${words.join(" ")}`)),
      );
    });
  } finally {
    program.kill("SIGKILL");
    server.forceShutdown();
  }
}
