// `npm test`: type check, lint and format, then every mocha test, on tools and a cluster that are set up here. The last line
// is "N passed, N failed", whatever happened before it.
//
//   npm test                                  everything
//   npm test -- test/unit/config.test.ts      some files, without the static checks
//   npm test -- --grep "wrong passphrase"     by name
import { globSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import Mocha from "mocha";
import { basicImages } from "../sandbox/addons.ts";
import { dropBuildCaches } from "../sandbox/build-tools.ts";
import { hostPrograms } from "../sandbox/images/host-programs.ts";
import { recipeFor, toolsOf } from "../sandbox/images/recipes.ts";
import { imageCache, obtainImages } from "../sandbox/images/store.ts";
import { obtainTools } from "../sandbox/obtain-tools.ts";
import { lackOf } from "../sandbox/requirements.ts";
import { stopTestCluster, testPlace } from "./cluster.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: "string", short: "g" } },
});
const everything = positionals.length === 0 && values.grep === undefined;

/** What the stack's pods are made of; recipes of the sandbox. */
const stackImages = [
  ...["reference-capability", "cloudnative-pg", "postgresql", "pgbouncer"],
  ...["redis", "redis-exporter", "data-tools", "versitygw"],
];

const staticChecks: [string, string[]][] = [
  ["type check", ["node_modules/typescript/bin/tsc", "--noEmit"]],
  ["lint", ["node_modules/eslint/bin/eslint.js", ".", "--max-warnings", "0"]],
  ["format", ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."]],
];

let passed = 0;
let failed = 0;
try {
  if (everything) {
    for (const [name, args] of staticChecks) {
      const { exitCode } = await execa(process.execPath, args, { reject: false, stdio: "inherit" });
      console.log(`${exitCode === 0 ? "passed" : "FAILED"}: ${name}`);
      if (exitCode === 0) passed += 1;
      else failed += 1;
    }
  }
  await obtainTools(testPlace.dir, console.log);
  // Made here rather than in a test, where nobody would see why it takes minutes.
  if ((await lackOf()) === undefined) {
    const images = [...basicImages.map((of) => recipeFor(of)!), ...stackImages];
    const found = await obtainTools(testPlace.dir, console.log, "real", toolsOf(images));
    await obtainImages(images, { tools: (name) => found.get(name)!.path, progress: console.log });
    process.env["APG_TEST_NFT"] ??= join(await hostPrograms(imageCache()), "nft");
  }
  await dropBuildCaches();
  const mocha = new Mocha({ timeout: 60_000, slow: 5_000, grep: values.grep ?? undefined, forbidOnly: true });
  for (const file of positionals.length ? positionals : globSync("test/**/*.test.ts").sort()) mocha.addFile(file);
  await mocha.loadFilesAsync();
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on("pass", () => (passed += 1))
      .on("fail", () => (failed += 1));
  });
} catch (error) {
  failed += 1;
  console.error(error);
} finally {
  await stopTestCluster();
}
console.log(`${passed} passed, ${failed} failed`);
// A test that leaves a timer or a socket behind must not keep the run alive, nor hide behind one that does.
process.exit(failed === 0 && passed > 0 ? 0 : 1);
