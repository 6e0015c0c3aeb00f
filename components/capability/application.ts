import * as pulumi from "@pulumi/pulumi";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import { thresholds } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { refuse } from "../validation.ts";
import { nameOf } from "../names.ts";
import { applicationDefaults, applicationProblems, resourcesOf, sessionAffinityDefaults } from "./application-args.ts";
import type { ApplicationArgs } from "./application-args.ts";
import { contentName, selectorLabels, versionOf, workloadLabels, workloadName } from "./naming.ts";
import type { Endpoint } from "./naming.ts";
import { migrationJob } from "./migration.ts";
import { podTemplate } from "./pod-template.ts";
import { rolloutDefaults } from "./rollout.ts";
import { flagsYaml, settingsDefaults, sizedSettings } from "./settings.ts";

/** A stateless service that is updated, moved and configured without downtime; an `Autoscaling` sets its size. */
export class Application extends pulumi.ComponentResource {
  /** Name of the Deployment, for an autoscaler's target. */
  readonly deploymentName: pulumi.Output<string>;
  /** Name of the Service. */
  readonly serviceName: pulumi.Output<string>;
  /** Where the application is reached; a peer of network policies. */
  readonly endpoint: pulumi.Output<Endpoint>;

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:capability:Application", name, args, opts);
    const given = withDefaults(args, applicationDefaults);
    refuse(name, applicationProblems(given));

    const { namespace, port } = given;
    const identity = { capability: given.capability, environment: given.environment, component: given.component };
    const objectName = workloadName(identity);
    const selector = selectorLabels(identity);
    const labels = workloadLabels(identity);
    // On what runs the image alone, so that a release changes nothing else.
    const versionedLabels = { ...labels, "app.kubernetes.io/version": versionOf(given.image) };
    const resources = resourcesOf(given.resources);
    const metadata = (of: string) => ({ name: of, namespace, labels });
    const child = { parent: this };

    const account = new ServiceAccount(
      name,
      { metadata: metadata(objectName), automountServiceAccountToken: false },
      child,
    );
    const configMap = (suffix: string, data: { [key: string]: string }) => {
      const named = contentName(`${objectName}-${suffix}`, data);
      return nameOf(
        new ConfigMap(`${name}-${suffix}`, { metadata: metadata(named), immutable: true, data }, child),
        named,
      );
    };
    const settingsName = configMap("settings", {
      APG_CAPABILITY: given.capability,
      APG_ENVIRONMENT: given.environment,
      PORT: String(port),
      ...settingsDefaults,
      ...sizedSettings(resources.limits),
      ...Object.fromEntries(given.connections.flatMap((connection) => Object.entries(connection.settings))),
      ...given.settings,
    });
    const flagsName = configMap("feature-flags", { "flags.yaml": flagsYaml(given.featureFlags) });

    const parts = {
      ...given,
      resources,
      settingsName,
      serviceAccountName: nameOf(account, objectName),
    };
    // What runs waits for what it uses, and takes none of the engine's turns meanwhile; all else is declared at once.
    const after = [opts?.dependsOn ?? []].flat() as pulumi.Input<pulumi.Resource>[];
    const waiting = { ...child, dependsOn: after };
    const migration = given.migration && migrationJob(name, objectName, labels, parts, given.migration, waiting);

    const { maxSurge, maxUnavailable, minReadySeconds, progressDeadlineSeconds, revisionHistoryLimit } =
      rolloutDefaults;
    new Deployment(
      name,
      {
        metadata: { ...metadata(objectName), labels: versionedLabels },
        // No replicas: the autoscaler owns their number.
        spec: {
          selector: { matchLabels: selector },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
          minReadySeconds,
          progressDeadlineSeconds,
          revisionHistoryLimit,
          template: podTemplate({
            ...parts,
            labels: versionedLabels,
            selector,
            secrets: [...given.secrets, ...given.connections.flatMap((connection) => connection.secrets)],
            certificates: given.connections.flatMap((connection) => connection.certificates),
            probes: given.probes ?? {},
            nodeAffinity: given.nodeAffinity ?? {},
            flagsName,
          }),
        },
      },
      {
        ...child,
        customTimeouts: { create: given.deploymentTimeout, update: given.deploymentTimeout },
        // No new pod meets an old schema (CV-DB-04).
        dependsOn: [...after, ...(migration === undefined ? [] : [migration])],
      },
    );

    new Service(
      name,
      {
        metadata: metadata(objectName),
        spec: {
          type: "ClusterIP", // CV-MAN-02
          selector,
          ports: [{ name: "http", port, targetPort: "http", protocol: "TCP" }],
          trafficDistribution: "PreferSameZone", // CV-SCALE-07
          ...(given.sessionAffinity !== undefined && {
            sessionAffinity: "ClientIP",
            sessionAffinityConfig: { clientIP: withDefaults(given.sessionAffinity, sessionAffinityDefaults) },
          }),
        },
      },
      child,
    );

    new PodDisruptionBudget(
      name,
      {
        metadata: metadata(objectName),
        spec: {
          minAvailable: given.minAvailable,
          selector: { matchLabels: selector },
          unhealthyPodEvictionPolicy: thresholds.disruption.unhealthyPodEvictionPolicy, // CV-MAN-08
        },
      },
      child,
    );

    this.deploymentName = pulumi.output(objectName);
    this.serviceName = pulumi.output(objectName);
    this.endpoint = pulumi.output(namespace).apply((inNamespace) => ({
      namespace: inNamespace,
      podLabels: selector,
      port,
      host: `${objectName}.${inNamespace}.svc`,
    }));
    this.registerOutputs({
      deploymentName: this.deploymentName,
      serviceName: this.serviceName,
      endpoint: this.endpoint,
    });
  }
}
