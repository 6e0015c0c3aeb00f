// Every npm script starts here, so that a fresh clone needs nothing typed first: it installs the packages when the lock
// file has changed, then runs the given TypeScript file with the Node 24 that is one of those packages.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stamp = join(modules, ".installed");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

function npm(...args) {
  // Install scripts stay off (.npmrc), but for the one that fetches Node: another would write into the user's own Pulumi home.
  const { status } = spawnSync("npm", [...args, "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    console.error(`npm ${args[0]} failed (see above). Is the npm registry within reach? Then run the command again.`);
    process.exit(1);
  }
}

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  console.error("Installing npm packages (about a minute, 400 MB) ...");
  npm("ci");
  npm("rebuild", "node", "--ignore-scripts=false");
  writeFileSync(stamp, wanted);
}

const node = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const child = spawn(node, process.argv.slice(2), {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, APG_INVOKED_FROM: process.env.INIT_CWD ?? process.cwd() },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
