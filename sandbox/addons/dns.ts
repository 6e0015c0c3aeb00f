// CoreDNS: names of services for pods. It forwards nothing: outside the cluster there is nothing to reach.
import { account, deployment, type KubernetesObject } from "./objects.ts";

const name = "coredns";
const namespace = "kube-system";
export const dnsImage = "registry.k8s.io/coredns/coredns:v1.12.4";

/** On port 53 in the pods too: network policies are about the pods' own ports, and allow that one. */
const corefile = `.:53 {
    errors
    health :8080
    ready :8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        ttl 5
    }
    prometheus :9153
    cache 5
    reload
}
`;

/** @param address of the DNS service, which every pod is told */
export function dns(address: string): KubernetesObject[] {
  const labels = { "app.kubernetes.io/name": name, "k8s-app": "kube-dns" };
  const port = (portName: string, protocol: string) => ({ name: portName, port: 53, targetPort: 53, protocol });
  return [
    ...account(name, namespace, [
      { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ]),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { Corefile: corefile } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace, labels },
      spec: {
        clusterIP: address,
        selector: { "app.kubernetes.io/name": name },
        ports: [port("dns", "UDP"), port("dns-tcp", "TCP")],
      },
    },
    withLabel(
      deployment({
        name,
        namespace,
        replicas: 2,
        pod: {
          dnsPolicy: "Default",
          containers: [
            {
              name,
              image: dnsImage,
              args: ["-conf", "/etc/coredns/Corefile"],
              ports: [
                { name: "dns", containerPort: 53, protocol: "UDP" },
                { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
              ],
              readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 2 },
              livenessProbe: { httpGet: { path: "/health", port: 8080 }, initialDelaySeconds: 10 },
              resources: { requests: { cpu: "20m", memory: "40Mi" }, limits: { memory: "128Mi" } },
              volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name } }],
        },
      }),
      "k8s-app",
      "kube-dns",
    ),
  ];
}

/** Network policies that let pods ask for names go by this label of the pods. */
function withLabel(object: KubernetesObject, label: string, value: string): KubernetesObject {
  const { template } = object["spec"] as { template: { metadata: { labels: Record<string, string> } } };
  template.metadata.labels[label] = value;
  return object;
}
