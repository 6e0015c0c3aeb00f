import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { Provider } from "@pulumi/kubernetes/provider.js";

const provider = new Provider("cluster", { context: "apg-sandbox" });
const labels = { app: "careless" };

new Deployment(
  "careless",
  {
    metadata: { name: "careless", namespace: "default" },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "api", image: "nginx:latest" }] } },
    },
  },
  { provider },
);
