// Builds what `pulumi stack export` prints for Kubernetes objects, with what surrounds them in a real export.

/** A Kubernetes object as a manifest writes it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [field: string]: unknown;
}

const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** A value that Pulumi keeps encrypted. */
export const secretValue = { ...secretMark, ciphertext: "v1:No427xNTlpPBaEQ8:iGZol5BoCt5stotO40YgqJEy4nwDlg==" };

export function exportedState(stack: string, manifests: readonly Manifest[]) {
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::apg-platform::${type}::${name}`;
  const root = urn("pulumi:pulumi:Stack", `apg-platform-${stack}`);
  const provider = urn("pulumi:providers:kubernetes", "cluster");
  const providerId = "0b9d7a0e-9f0e-4a43-8d0e-6c1d3f1f5b11";
  const objects = manifests.map((manifest) => {
    const { kind, metadata } = manifest;
    const apiVersion = manifest.apiVersion === "v1" ? "core/v1" : manifest.apiVersion;
    const type = `kubernetes:${apiVersion}:${kind}`;
    return {
      urn: urn(type, metadata.name),
      custom: true,
      id: [metadata.namespace, metadata.name].filter(Boolean).join("/"),
      type,
      inputs: manifest,
      outputs: {
        ...manifest,
        __fieldManager: "pulumi-kubernetes-1f2e3d4c",
        metadata: { ...metadata, uid: "8a3f8c1e-45f0-4c1c-8a51-2f0f7d0b7f10", resourceVersion: "412", generation: 1 },
        status: {},
      },
      parent: root,
      dependencies: [provider],
      provider: `${provider}::${providerId}`,
      propertyDependencies: { metadata: [], spec: null },
      created: "2026-11-22T10:00:00.000000000Z",
      modified: "2026-11-22T10:00:00.000000000Z",
    };
  });
  return {
    version: 3,
    deployment: {
      manifest: { time: "2026-11-22T10:00:05.000000000Z", magic: "0".repeat(64), version: "v3.250.0" },
      secrets_providers: {
        type: "passphrase",
        state: { salt: "v1:3Z5zadQYO1w=:v1:HvrLApuZ1KKUktyI:fNWcIj/osJn3Wc==" },
      },
      resources: [
        { urn: root, custom: false, type: "pulumi:pulumi:Stack", outputs: { foundation: secretValue } },
        {
          urn: provider,
          custom: true,
          id: providerId,
          type: "pulumi:providers:kubernetes",
          inputs: { kubeconfig: secretValue, version: "4.25.0" },
          outputs: { kubeconfig: secretValue, version: "4.25.0" },
          parent: root,
        },
        ...objects,
      ],
      metadata: {},
    },
  };
}

/** What one capability consists of, to the checklists' numbers. */
export function capabilityManifests(capability: string): Manifest[] {
  const namespace = `apg-${capability}-prod`;
  const name = `${capability}-api`;
  const selector = { "app.kubernetes.io/name": name };
  const labels = { ...selector, "apg.io/capability": capability, "app.kubernetes.io/part-of": "apg-platform" };
  const metadata = { name, namespace, labels };
  const probe = (path: string) => ({
    httpGet: { path, port: "http" },
    periodSeconds: 10,
    timeoutSeconds: 2,
    failureThreshold: 3,
  });
  const spread = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "DoNotSchedule",
    labelSelector: { matchLabels: selector },
  });
  const resource = (name: string, averageUtilization: number) => ({
    type: "Resource",
    resource: { name, target: { type: "Utilization", averageUtilization } },
  });
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: namespace,
        labels: {
          "apg.io/capability": capability,
          "apg.io/environment": "prod",
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/enforce-version": "v1.36",
        },
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: selector },
        minReadySeconds: 10,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
            topologySpreadConstraints: [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")],
            containers: [
              {
                name: "api",
                image: `registry.example.com/apg/${capability}:1.4.0@sha256:${"a".repeat(64)}`,
                ports: [{ name: "http", containerPort: 8000 }],
                resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "2000m", memory: "4Gi" } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  runAsNonRoot: true,
                  capabilities: { drop: ["ALL"] },
                },
                livenessProbe: probe("/health/live"),
                readinessProbe: probe("/health/ready"),
                startupProbe: probe("/health/startup"),
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        minReplicas: 3,
        maxReplicas: 10,
        metrics: [resource("cpu", 70), resource("memory", 80)],
      },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { minAvailable: 2, selector: { matchLabels: selector } },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: `${capability}-default-deny`, namespace },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
  ];
}
