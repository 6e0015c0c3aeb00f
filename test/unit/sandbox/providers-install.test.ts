import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installProviders, providerStandIns } from "../../../sandbox/vendor-plugins.ts";
import { workspacePaths } from "../../../sandbox/workspace.ts";
import aws from "@pulumi/aws/package.json" with { type: "json" };

const folder = `resource-aws-v${aws.version}`;
const program = "pulumi-resource-aws";

describe("the plugins in the sandbox's Pulumi home", () => {
  let root: string;
  let plugins: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "apg-plugins-"));
    plugins = join(workspacePaths(root).home, "plugins");
    env = { PULUMI_HOME: join(root, "user") };
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const install = (more: NodeJS.ProcessEnv = {}) => installProviders(root, false, { ...env, ...more });
  const standIns = async () => (await providerStandIns(root)).map(({ name }) => name);
  const vendors = (home: string) => {
    const at = join(home, folder);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, program), "the vendor's");
    return at;
  };
  const installed = () => readFileSync(join(plugins, folder, program), "utf8");

  it("are stand-ins where there is nothing else, run by this Node, and are named as such", async () => {
    assert.deepEqual(await standIns(), []);
    await install();
    await install();
    assert.deepEqual(await standIns(), ["random", "aws"]);
    assert.match(installed(), new RegExp(`^#!/bin/sh\nexec '${process.execPath}' '.*/sandbox/providers/aws/main.ts'`));
    for (const { standIn } of await providerStandIns(root)) assert.ok(standIn.length > 20);
  });

  it("are the user's own where those are installed, also later", async () => {
    await install();
    const users = vendors(join(root, "user", "plugins"));
    await install();
    assert.equal(realpathSync(join(plugins, folder)), realpathSync(users));
    assert.deepEqual(await standIns(), ["random"]);
    rmSync(users, { recursive: true });
    await install();
    assert.deepEqual(await standIns(), ["random", "aws"]);
  });

  it("stay as they are where the vendor's is in the sandbox already", async () => {
    vendors(plugins);
    await install();
    assert.equal(installed(), "the vendor's");
  });

  it("are not taken from a download that has not ended, nor from another sandbox's stand-ins", async () => {
    const users = vendors(join(root, "user", "plugins"));
    writeFileSync(`${users}.partial`, "");
    await install();
    assert.deepEqual(await standIns(), ["random", "aws"]);
    rmSync(`${users}.partial`);
    writeFileSync(join(users, "stand-in"), "");
    await install();
    assert.doesNotMatch(installed(), /the vendor's/);
  });

  it("are stand-ins wherever that is asked for", async () => {
    vendors(join(root, "user", "plugins"));
    await install();
    await install({ APG_PROVIDERS: "stand-ins" });
    assert.deepEqual(await standIns(), ["random", "aws"]);
  });
});
