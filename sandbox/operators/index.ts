// Operators that run for real, on real nodes, where a stack's plan uses their resources. With simulated nodes no program runs:
// there the resources are held to their true definitions, and that is all.
import { setTimeout as sleep } from "node:timers/promises";
import { applyDefinitions, applyObjects, untilAvailable, type KubernetesObject } from "../addons/objects.ts";
import { administered } from "../administrator.ts";
import type { ApiClient } from "../api.ts";
import { UserError } from "../errors.ts";
import { imageCache } from "../images/store.ts";
import { manifestsOf, type ManifestSource } from "../manifests.ts";
import { cloudnativePg } from "./cloudnative-pg.ts";

export interface Operator extends ManifestSource {
  name: string;
  /** Images that its own pods run. */
  images: string[];
  /** What is applied of what is published. */
  objects: (published: readonly KubernetesObject[]) => KubernetesObject[];
  /** A resource that it has to judge, and where: whether it answers is seen by asking, and nothing is created. */
  trial: KubernetesObject;
  trialPath: string;
}

export const operators: readonly Operator[] = [cloudnativePg];

/** What stands for an operator where nothing runs. */
export const notRunning = "definitions only where nodes are simulated: its resources are stored, and no container runs";

const webhookSeconds = 60;

const used = (groups: readonly string[]) => operators.filter(({ group }) => groups.includes(group));

/** Images of the operators that resources of these groups need. */
export const operatorImages = (groups: readonly string[]): string[] => used(groups).flatMap(({ images }) => images);

/**
 * Installs the operators that resources of these groups need. Their images have to be on the nodes.
 * @returns what stands in, in words
 * @throws UserError when one does not run or does not answer in time
 */
export async function ensureOperators(
  dir: string,
  groups: readonly string[],
  progress: (line: string) => void,
): Promise<string[]> {
  const needed = used(groups);
  if (needed.length === 0) return [];
  return administered(dir, async ({ api, network }) => {
    for (const operator of needed) {
      const published = await manifestsOf(operator, imageCache());
      const isDefinition = ({ kind }: KubernetesObject) => kind === "CustomResourceDefinition";
      await applyDefinitions(api, published.filter(isDefinition));
      if (!network) continue;
      const objects = operator.objects(published.filter((object) => !isDefinition(object)));
      await applyObjects(api, objects);
      await untilAvailable(api, objects, progress);
      progress(`waiting for an answer of ${operator.name}`);
      await untilAnswers(api, operator);
    }
    return network ? [] : needed.map(({ name }) => `${name}: ${notRunning}`);
  });
}

/** A resource is accepted only when the API server reaches the operator and trusts it. */
async function untilAnswers(api: ApiClient, { name, trial, trialPath }: Operator): Promise<void> {
  const deadline = Date.now() + webhookSeconds * 1000;
  for (;;) {
    try {
      await api.create(`${trialPath}?dryRun=All`, trial);
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new UserError(
          `${name} does not answer the API server after ${webhookSeconds} s: ${(error as Error).message}`,
          "Look at its pods and their logs; npm run sandbox tries again.",
        );
      }
      await sleep(500);
    }
  }
}
