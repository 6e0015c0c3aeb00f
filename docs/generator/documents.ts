// The documents that are partly generated: what they are now, and what they must be.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSources } from "./arguments.ts";
import { componentsBlock } from "./components.ts";
import { keysBlock, keysOf, settingsBlock } from "./configuration.ts";
import { withBlocks } from "./markdown.ts";
import { relaxationsBlock, rulesBlock } from "./policies.ts";

export interface Document {
  /** Below the project's root. */
  readonly path: string;
  readonly now: string;
  readonly wanted: string;
}

export async function documents(root: string): Promise<Document[]> {
  const sources = readSources(root);
  const keys = keysOf(sources);
  // Each key is in the first of these tables that wants it.
  const under =
    (...roots: string[]) =>
    (path: string) =>
      roots.some((root) => path === root || path.startsWith(`${root}.`));
  const ownData = under("capabilities[].data", "capabilities[].migrationArgs");
  const own = under("capabilities[]");
  const ownRoute = under("capabilities[].route");
  const services = under("tenants", "data", "backup");
  const platform = under(
    "foundation.aws",
    "account",
    "maintenanceWindow",
    "forecastPeak",
    "nodePools",
    "operators",
    "security",
    "secrets",
    "edge",
  );
  const stackKey = (path: string) => `apg:${path}`;
  const capabilityKey = (path: string) => path.replace("capabilities[].", "");
  const keysThat = (holds: (path: string) => boolean) => keys.filter(({ path }) => holds(path));
  const blocks: Record<string, Record<string, string>> = {
    "docs/policies.md": { relaxations: relaxationsBlock(), rules: await rulesBlock(root) },
    "docs/components.md": { components: componentsBlock(sources) },
    "docs/configuration.md": {
      "stack-keys": keysBlock(
        keysThat((path) => !own(path) && !services(path) && !platform(path)),
        stackKey,
      ),
      "platform-keys": keysBlock(keysThat(platform), stackKey),
      "data-keys": keysBlock(keysThat(services), stackKey),
      "capability-keys": keysBlock(
        keysThat((path) => own(path) && !ownData(path) && !ownRoute(path)),
        capabilityKey,
      ),
      "capability-route-keys": keysBlock(keysThat(ownRoute), capabilityKey),
      "capability-data-keys": keysBlock(keysThat(ownData), capabilityKey),
      settings: settingsBlock(),
    },
  };
  return Object.entries(blocks).map(([path, generated]) => {
    const now = readFileSync(join(root, path), "utf8");
    return { path, now, wanted: withBlocks(now, generated) };
  });
}
