// The sandbox with real nodes, as `npm run sandbox` gives it: containers, data services, stand-ins, scaling, and what is left
// of it on the machine afterwards. It proves nothing of other clusters' networks, and its seconds are this machine's.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { resetCluster } from "../../sandbox/cluster.ts";
import { lackOf } from "../../sandbox/requirements.ts";
import { workspacePaths } from "../../sandbox/workspace.ts";
import { backups } from "./backups.ts";
import { dataServices } from "./data-services.ts";
import { lifeCycle } from "./life-cycle.ts";
import { losses } from "./losses.ts";
import { tracesOf, type Traces } from "./machine.ts";
import { nodes } from "./nodes.ts";
import { dataRefusals } from "./refusals.ts";
import { capabilities, place, sandbox } from "./sandbox.ts";
import { standIns } from "./stand-ins.ts";

const unsalted = (stackFile: string) => stackFile.replace(/^encryptionsalt: .*\n?/m, "");

describe("a sandbox with real nodes", function () {
  this.timeout(900_000);
  let untouched: Traces | undefined;

  async function clear() {
    await resetCluster({ dir: place.dir });
    rmSync(place.dir, { recursive: true, force: true });
    rmSync(workspacePaths(place.dir).stackFile(place.stack), { force: true });
  }

  before(async function () {
    const lack = await lackOf();
    if (lack) {
      console.log(`    Not run: real nodes need ${lack.what}, which this machine does not have (${lack.remedy}).`);
      this.skip();
    }
    await clear();
    untouched = await tracesOf();
    // Scaled up at a load that two processors can bear beside everything else.
    const config = unsalted(readFileSync(workspacePaths(place.dir).stackFile("sandbox"), "utf8"));
    const eager = config.replace("      settings:\n", "      scaling:\n        cpuPercent: 25\n      settings:\n");
    const stackFile = workspacePaths(place.dir).stackFile(place.stack);
    writeFileSync(stackFile, eager);
    const { exitCode, all } = await sandbox("up", "--nodes", "real");
    assert.equal(exitCode, 0, all);
    assert.equal(unsalted(readFileSync(stackFile, "utf8")), eager, "the engine writes the file as it is committed");
    for (const capability of capabilities) {
      assert.match(all, new RegExp(`http://${capability}-api\\.\\S+:8080/ answers .*"capability":"${capability}"`));
    }
    assert.match(all, /Stand-ins for what is published:\n.*reference capability/s);
  });

  after(async () => {
    if (untouched) await clear();
  });

  // All on the one sandbox, in this order: the last of them stop it and remove it.
  describe("runs containers", nodes);
  describe("keeps data", dataServices);
  describe("refuses", dataRefusals);
  describe("loses no acknowledged item", losses);
  describe("has backups", backups);
  describe("stands in for operators", standIns);
  describe("lives and ends", () => lifeCycle(() => untouched!));
});
