// What the edge asks of the cluster: issuers, the certificate, the gateway and whom it talks to.
import assert from "node:assert/strict";
import type { Edge } from "../../../../components/edge/edge.ts";
import { record } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { edge, edgeArgs, state } from "./fixtures.ts";

const monitoring = { peer: { namespace: "monitoring", podLabels: { "app.kubernetes.io/name": "prometheus" } } };
const pods = {
  "app.kubernetes.io/name": "envoy",
  "app.kubernetes.io/component": "proxy",
  "gateway.envoyproxy.io/owning-gateway-name": "apg",
};
const envoy = (kind: string) => `kubernetes:gateway.envoyproxy.io/v1alpha1:${kind}`;
const api = (kind: string) => `kubernetes:gateway.networking.k8s.io/v1:${kind}`;
const issuerType = "kubernetes:cert-manager.io/v1:ClusterIssuer";

describe("Edge's gateway", () => {
  let recording: Recording<Edge>;
  before(async () => {
    recording = await record(() => edge({ gateway: { monitoring } }), state);
  });
  const spec = (type: string, name?: string) => recording.inputs(type, name)["spec"] as Inputs;

  it("asks the cluster for exactly these objects", () => {
    const kinds = recording.resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
    assert.deepEqual(kinds.sort(), [
      "Certificate edge-gateway",
      "Certificate edge-internal",
      "ClientTrafficPolicy edge-gateway",
      "ClusterIssuer edge-acme",
      "ClusterIssuer edge-acme-backup",
      "ClusterIssuer edge-internal",
      "ClusterIssuer edge-self-signed",
      "ConfigMap edge-runbooks",
      "EnvoyProxy edge-gateway",
      "Gateway edge-gateway",
      "GatewayClass edge-gateway",
      "LimitRange edge-gateway-limits",
      "Namespace edge-gateway",
      "NetworkPolicy edge-gateway-allow-dns",
      "NetworkPolicy edge-gateway-allow-from-load-balancer",
      "NetworkPolicy edge-gateway-allow-from-prometheus",
      "NetworkPolicy edge-gateway-allow-to-controller",
      "NetworkPolicy edge-gateway-default-deny",
      "PodMonitor edge-gateway",
      "PrometheusRule edge-certificates",
      "ResourceQuota edge-gateway-quota",
      "Role edge-gateway-operators",
      "Role edge-gateway-viewers",
      "RoleBinding edge-gateway-operators",
      "RoleBinding edge-gateway-viewers",
      "ServiceAccountPatch edge-gateway-default-account",
      "TargetGroupBinding edge-gateway",
    ]);
  });

  it("ends TLS for every name in a namespace of its own, for routes of its environment alone", () => {
    const { name, namespace } = recording.inputs(api("Gateway"))["metadata"] as Inputs;
    assert.deepEqual([name, namespace], ["apg", "apg-gateway-prod"]);
    assert.deepEqual(spec(api("Gateway")), {
      gatewayClassName: "apg-prod",
      infrastructure: { parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: "apg" } },
      listeners: [
        {
          name: "https",
          port: 443,
          protocol: "HTTPS",
          tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: "gateway-tls" }] },
          allowedRoutes: {
            kinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
            namespaces: { from: "Selector", selector: { matchLabels: { "apg.io/environment": "prod" } } },
          },
        },
      ],
    });
    assert.deepEqual(spec(api("GatewayClass")), { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" });
    const { labels } = recording.inputs("kubernetes:core/v1:Namespace")["metadata"] as { labels: Inputs };
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("has a certificate that renews itself with a new key", () => {
    assert.deepEqual(spec("kubernetes:cert-manager.io/v1:Certificate", "edge-gateway"), {
      secretName: "gateway-tls",
      duration: "2160h",
      renewBefore: "720h",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["digital signature", "server auth"],
      dnsNames: edgeArgs.hosts,
      issuerRef: { name: "apg-prod-acme", kind: "ClusterIssuer", group: "cert-manager.io" },
    });
  });

  it("speaks TLS 1.3 alone, knows clients by the load balancer's word, and drops a tenant that they name", () => {
    assert.deepEqual(spec(envoy("ClientTrafficPolicy")), {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "apg" }],
      tls: { minVersion: "1.3", alpnProtocols: ["h2", "http/1.1"] },
      connection: { bufferLimit: "32Ki" },
      clientIPDetection: { xForwardedFor: { numTrustedHops: 1 } },
      path: { escapedSlashesAction: "UnescapeAndRedirect", disableMergeSlashes: false },
      headers: { withUnderscoresAction: "RejectRequest", earlyRequestHeaders: { remove: ["x-apg-tenant"] } },
      http2: { maxConcurrentStreams: 100 },
      timeout: { http: { requestHeadersReceivedTimeout: "10s", idleTimeout: "300s", streamIdleTimeout: "300s" } },
      healthCheck: { path: "/gateway/health" },
    });
  });

  it("runs in restricted pods over all zones, at least two of which stay", () => {
    const { kubernetes } = spec(envoy("EnvoyProxy"))["provider"] as { kubernetes: Record<string, Inputs> };
    const { pod, container } = kubernetes["envoyDeployment"] as { pod: Inputs; container: Inputs };
    assert.deepEqual(kubernetes["envoyService"], { name: "apg", type: "ClusterIP" });
    assert.deepEqual(kubernetes["envoyPDB"], { minAvailable: 2 });
    const { minReplicas, maxReplicas } = kubernetes["envoyHpa"]!;
    assert.deepEqual([minReplicas, maxReplicas], [3, 10]);
    assert.deepEqual(
      (pod["topologySpreadConstraints"] as Inputs[]).map(({ topologyKey, whenUnsatisfiable, labelSelector }) => [
        topologyKey,
        whenUnsatisfiable,
        labelSelector,
      ]),
      [
        ["topology.kubernetes.io/zone", "DoNotSchedule", { matchLabels: pods }],
        ["kubernetes.io/hostname", "ScheduleAnyway", { matchLabels: pods }],
      ],
    );
    assert.deepEqual(container["securityContext"], {
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      privileged: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
      readOnlyRootFilesystem: true,
    });
    assert.deepEqual(pod["volumes"], [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }]);
    assert.deepEqual(container["volumeMounts"], [{ name: "tmp", mountPath: "/tmp" }]);
    assert.deepEqual(container["resources"], {
      requests: { cpu: "500m", memory: "1Gi" },
      limits: { cpu: "1900m", memory: "3968Mi" },
    });
  });

  it("has a namespace that takes as many pods as there may be, each with both of its containers", () => {
    const { patch } = (spec(envoy("EnvoyProxy"))["provider"] as { kubernetes: Record<string, Inputs> }).kubernetes[
      "envoyDeployment"
    ] as { patch: unknown };
    const beside = { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "128Mi" } };
    const volumeMounts = [{ name: "tmp", mountPath: "/tmp" }];
    const containers = [{ name: "shutdown-manager", volumeMounts, resources: beside }];
    assert.deepEqual(patch, { type: "StrategicMerge", value: { spec: { template: { spec: { containers } } } } });
    const { limits } = spec("kubernetes:core/v1:LimitRange") as { limits: Inputs[] };
    assert.deepEqual(limits[0], { type: "Pod", max: { cpu: "2", memory: "4Gi" } });
    const { hard } = spec("kubernetes:core/v1:ResourceQuota") as { hard: Inputs };
    assert.deepEqual([hard["pods"], hard["limits.cpu"], hard["limits.memory"]], ["30", "60", "120Gi"]);
  });

  it("runs the image and with the priority that it is told", async () => {
    const image = `registry.test/envoy:1.36.2@sha256:${"0123456789abcdef".repeat(4)}`;
    const told = await record(() => edge({ gateway: { image, priorityClassName: "apg-capability" } }), state);
    const { provider } = told.inputs(envoy("EnvoyProxy"))["spec"] as { provider: { kubernetes: Inputs } };
    const { pod, container } = provider.kubernetes["envoyDeployment"] as { pod: Inputs; container: Inputs };
    assert.deepEqual([container["image"], pod["priorityClassName"]], [image, "apg-capability"]);
  });

  it("sends by the mesh where it is asked to, and is called past it", async () => {
    const meshed = await record(() => edge({ gateway: { mesh: true } }), state);
    const { provider } = meshed.inputs(envoy("EnvoyProxy"))["spec"] as { provider: { kubernetes: Inputs } };
    const { pod } = provider.kubernetes["envoyDeployment"] as { pod: Inputs };
    assert.deepEqual(pod["labels"], { "istio.io/dataplane-mode": "ambient" });
    assert.deepEqual(pod["annotations"], { "ambient.istio.io/bypass-inbound-capture": "true" });
  });

  it("is the load balancer's target, and talks to nobody but it, its controller and what was named", () => {
    assert.deepEqual(spec("kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"), {
      targetGroupARN: "arn:aws:lb:eu-central-1:123456789012:targetgroup/made",
      targetType: "ip",
      serviceRef: { name: "apg", port: 443 },
    });
    const policy = (name: string) => spec("kubernetes:networking.k8s.io/v1:NetworkPolicy", `edge-gateway-${name}`);
    assert.deepEqual(policy("allow-from-load-balancer"), {
      podSelector: { matchLabels: pods },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ protocol: "TCP", port: 10_443 }] }],
    });
    assert.deepEqual(policy("allow-to-controller")["egress"], [
      {
        to: [
          {
            podSelector: { matchLabels: { "control-plane": "envoy-gateway" } },
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "envoy-gateway-system" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 18_000 }],
      },
    ]);
  });

  it("watches every certificate, and leads to the runbook that it brings", () => {
    const { groups } = spec("kubernetes:monitoring.coreos.com/v1:PrometheusRule") as {
      groups: { rules: { alert: string; expr: string; labels: Inputs; annotations: Inputs }[] }[];
    };
    assert.deepEqual(
      groups[0]!.rules.map(({ alert, labels }) => [alert, labels["severity"]]),
      [
        ["CertificateExpiresIn21d", "warning"],
        ["CertificateExpiresIn7d", "critical"],
        ["CertificateNotReady", "warning"],
        ["CertificatesUnwatched", "warning"],
      ],
    );
    assert.ok(groups[0]!.rules[0]!.expr.endsWith("< 1814400"));
    const { data } = recording.inputs("kubernetes:core/v1:ConfigMap") as { data: Record<string, string> };
    const text = data["certificate-renewal.md"]!;
    for (const { alert, annotations } of groups[0]!.rules) {
      assert.ok(text.includes(alert), alert);
      assert.equal(annotations["runbook_url"], "runbooks/certificate-renewal.md");
    }
    for (const heading of ["Trigger", "Steps", "Check", "Undo", "Owner"]) assert.ok(text.includes(`\n## ${heading}\n`));
  });
});

describe("Edge's issuers", () => {
  const solvers = [
    {
      selector: { dnsZones: ["example.com"] },
      dns01: { route53: { region: "eu-central-1", hostedZoneID: "Z0MADE" } },
    },
  ];

  it("are two authorities of different providers and one of the platform's own", async () => {
    const recording = await record(() => edge(), state);
    const issuer = (name: string) => recording.inputs(issuerType, name)["spec"];
    assert.deepEqual(issuer("edge-acme"), {
      acme: {
        server: "https://acme-v02.api.letsencrypt.org/directory",
        email: "platform@example.com",
        privateKeySecretRef: { name: "apg-prod-acme-account" },
        solvers,
      },
    });
    assert.deepEqual(issuer("edge-acme-backup"), {
      acme: {
        server: "https://acme.zerossl.com/v2/DV90",
        email: "platform@example.com",
        privateKeySecretRef: { name: "apg-prod-acme-backup-account" },
        externalAccountBinding: { keyID: "key-1", keySecretRef: { name: "zerossl", key: "key" } },
        solvers,
      },
    });
    assert.deepEqual(issuer("edge-internal"), { ca: { secretName: "apg-prod-internal" } });
  });

  it("change over by one value, and have their keys copied where a place is given", async () => {
    const issuers = { ...edgeArgs.issuers, useBackup: true, keyBackup: { storageLocation: "audio-processing-prod" } };
    const recording = await record(() => edge({ issuers }), state);
    const { issuerRef } = recording.inputs("kubernetes:cert-manager.io/v1:Certificate", "edge-gateway")["spec"] as {
      issuerRef: Inputs;
    };
    assert.equal(issuerRef["name"], "apg-prod-acme-backup");
    const schedule = recording.inputs("kubernetes:velero.io/v1:Schedule");
    assert.deepEqual(schedule["spec"], {
      schedule: "10 1 * * *",
      useOwnerReferencesInBackup: false,
      template: {
        includedNamespaces: ["cert-manager"],
        storageLocation: "audio-processing-prod",
        snapshotVolumes: false,
        ttl: "720h0m0s",
      },
    });
  });
});
