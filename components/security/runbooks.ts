import * as pulumi from "@pulumi/pulumi";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { NetworkPolicies } from "../capability/network-policies.ts";
import { runbookConfigMap } from "../data/runbooks.ts";
import { nameOf } from "../names.ts";
import { dnsLabel, refuse, unless } from "../validation.ts";

/** Runbooks of the ground that capabilities stand on (CV-SECRET-08, CV-MAINT-01, CV-MAINT-02, AUD-RUN-05, CV-TLS-08, AUD-SOP-06). */
export const platformRunbooks: readonly string[] = deepFrozen([
  "break-glass",
  "certificate-renewal",
  "maintenance-window",
  "security-incident",
  "updates",
]);

/** Arguments of `Runbooks`. */
export interface RunbooksArgs {
  /** Namespace that the runbooks are in; it holds no pods. @default platform-runbooks */
  namespace?: string;
  /** Names of the runbooks, without `.md`. @default those of the platform: break-glass, certificates, maintenance, updates, incidents */
  runbooks?: string[];
}

export const runbooksDefaults = deepFrozen({ namespace: "platform-runbooks", runbooks: platformRunbooks });

/** What people on call read when it is about the platform itself, in the cluster where they look for it. */
export class Runbooks extends pulumi.ComponentResource {
  /** Namespace of the ConfigMap `apg-runbooks`. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: RunbooksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:Runbooks", name, args, opts);
    const namespaceName = args.namespace ?? runbooksDefaults.namespace;
    const runbooks = args.runbooks ?? runbooksDefaults.runbooks;
    refuse(name, [
      ...dnsLabel("namespace", namespaceName),
      ...runbooks.flatMap((runbook, at) =>
        unless(
          platformRunbooks.includes(runbook),
          `runbooks[${at}]`,
          runbook,
          `one of ${platformRunbooks.join(", ")} is accepted (CV-SUPP-02)`,
        ),
      ),
    ]);
    const child = { parent: this };
    const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" };
    const { level, version } = thresholds.podSecurity;
    const namespace = new Namespace(
      name,
      {
        metadata: {
          name: namespaceName,
          labels: {
            ...labels,
            "pod-security.kubernetes.io/enforce": level,
            "pod-security.kubernetes.io/enforce-version": version,
          },
        },
      },
      child,
    );
    this.namespace = nameOf(namespace, namespaceName);
    new NetworkPolicies(name, { namespace: this.namespace }, child);
    runbookConfigMap(name, { namespace: this.namespace, labels }, runbooks, child);
    this.registerOutputs({ namespace: this.namespace });
  }
}
