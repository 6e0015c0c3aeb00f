import { all, set, unset } from "../fixtures.ts";
import { digest } from "../good-stack.ts";
import { container, containerPath, deployment, podPath } from "./case.ts";
import type { RuleCases } from "./case.ts";

const labels = ["spec", "template", "metadata", "labels"];
const resources = `${containerPath}.resources`;

export const workloadCases: RuleCases[] = [
  {
    rule: "images-are-pinned",
    good: [
      {
        when: "the registry has a port and the version a pre-release",
        change: set("deployment", `${containerPath}.image`, `registry.test:5000/a/b_c:1.0.0-rc.1@${digest}`),
      },
    ],
    bad: [
      ...["api:latest", "api", `api:1.4@${digest}`, `api@${digest}`, `api:01.4.2@${digest}`, "api:1.4.2@sha256:12"].map(
        (image) => ({
          when: `the image is ${image}`,
          change: set("deployment", `${containerPath}.image`, image),
          on: "deployment",
          says: [
            `${container} uses the image ${image}: name it repository:1.2.3@sha256:<digest>, with a semantic version.`,
          ],
        }),
      ),
      {
        when: "the image has no digest",
        change: set("deployment", `${containerPath}.image`, "api:1.4.2"),
        on: "deployment",
        says: [
          `${container} uses the image api:1.4.2, which can be moved: add its digest, repository:1.2.3@sha256:<digest>.`,
        ],
      },
      {
        when: "a volume is an image without a digest",
        change: set("deployment", `${podPath}.volumes`, [{ name: "model", image: { reference: "model:1.0.0" } }]),
        on: "deployment",
        says: [
          `Volume "model" of ${deployment} uses the image model:1.0.0, which can be moved: add its digest, repository:1.2.3@sha256:<digest>.`,
        ],
      },
    ],
  },
  {
    rule: "containers-state-their-resources",
    bad: [
      {
        when: "it has no limits",
        change: unset("deployment", `${resources}.limits`),
        on: "deployment",
        says: [`${container} has no resources.limits.cpu, no resources.limits.memory: set it.`],
      },
      {
        when: "an init container states nothing",
        change: set("deployment", `${podPath}.initContainers`, [{ name: "init" }]),
        on: "deployment",
        says: [
          `Container "init" of ${deployment} has no resources.requests.cpu, no resources.requests.memory, no resources.limits.cpu, no resources.limits.memory: set it.`,
        ],
      },
      {
        when: "it requests far less memory than its limit",
        change: set("deployment", `${resources}.requests.memory`, "1023Mi"),
        on: "deployment",
        says: [
          `${container} requests 1023Mi of memory, less than 25% of its limit of 4Gi: raise the request or lower the limit.`,
        ],
      },
      {
        when: "a quantity is none",
        change: set("deployment", `${resources}.limits.cpu`, "two"),
        on: "deployment",
        says: [
          `${deployment} is malformed: spec.template.spec.containers[0].resources.limits.cpu must be a quantity such as "500m" or "1Gi".`,
        ],
      },
    ],
  },
  {
    rule: "pods-stay-in-the-resource-range",
    good: [
      {
        when: "two containers share the range exactly",
        change: set("deployment", `${podPath}.containers`, [
          { name: "a", resources: { requests: { cpu: 0.3, memory: 2 ** 29 }, limits: { cpu: "1.3", memory: "2Gi" } } },
          {
            name: "b",
            resources: { requests: { cpu: "0.2", memory: "512Mi" }, limits: { cpu: "700m", memory: "2Gi" } },
          },
        ]),
      },
    ],
    bad: [
      {
        when: "it requests too little",
        change: set("deployment", `${resources}.requests`, { cpu: "499m", memory: "1000Mi" }),
        on: "deployment",
        says: [
          `${deployment} requests 499m cpu: request at least 500m.`,
          `${deployment} requests 1000Mi memory: request at least 1Gi.`,
        ],
      },
      {
        when: "its sidecar takes it over the limit",
        change: set("deployment", `${podPath}.initContainers`, [
          { name: "proxy", restartPolicy: "Always", resources: { requests: {}, limits: { cpu: "1m", memory: "1Mi" } } },
        ]),
        on: "deployment",
        says: [
          `${deployment} is limited to 2001m cpu: limit it to at most 2.`,
          `${deployment} is limited to 4097Mi memory: limit it to at most 4Gi.`,
        ],
      },
      {
        when: "it has no limits",
        change: unset("deployment", `${resources}.limits`),
        on: "deployment",
        says: [
          `${deployment} has no limit of cpu: limit it to at most 2.`,
          `${deployment} has no limit of memory: limit it to at most 4Gi.`,
        ],
      },
    ],
  },
  {
    rule: "containers-have-probes",
    good: [
      {
        when: "they are of other kinds than HTTP",
        change: all(
          set("deployment", `${containerPath}.livenessProbe`, { grpc: { port: 9090 } }),
          set("deployment", `${containerPath}.readinessProbe`, { exec: { command: ["ready"] } }),
        ),
      },
    ],
    bad: [
      {
        when: "one is missing",
        change: unset("deployment", `${containerPath}.livenessProbe`),
        on: "deployment",
        says: [`${container} has no livenessProbe: add one.`],
      },
      {
        when: "both ask the same path",
        change: set("deployment", `${containerPath}.readinessProbe.httpGet.path`, "/health/live"),
        on: "deployment",
        says: [
          `${container} asks the same path /health/live for liveness and readiness: give the readiness probe a path of its own that checks the dependencies.`,
        ],
      },
      {
        when: "one only opens a port",
        change: set("deployment", `${containerPath}.readinessProbe`, { tcpSocket: { port: 8080 } }),
        on: "deployment",
        says: [`${container} has a readinessProbe that only opens a port: use httpGet, grpc or exec.`],
      },
      {
        when: "one is rare and hasty",
        change: all(
          set("deployment", `${containerPath}.livenessProbe.periodSeconds`, 11),
          set("deployment", `${containerPath}.livenessProbe.failureThreshold`, 2),
        ),
        on: "deployment",
        says: [
          `${container} has a livenessProbe every 11 s: set periodSeconds to at most 10.`,
          `${container} has a livenessProbe with failureThreshold 2: set it to at least 3.`,
        ],
      },
    ],
  },
  {
    rule: "slow-starters-have-startup-probes",
    good: [
      {
        when: "a model server has one",
        change: all(
          set("deployment", [...labels, "app.kubernetes.io/component"], "model-server"),
          set("deployment", `${containerPath}.startupProbe`, { httpGet: { path: "/start" } }),
        ),
      },
    ],
    bad: [
      {
        when: "a model server has none",
        change: set("deployment", [...labels, "app.kubernetes.io/component"], "model-server"),
        on: "deployment",
        says: [`${container} serves models and has no startupProbe: add one.`],
      },
    ],
  },
  {
    rule: "runtimes-tune-their-garbage-collector",
    good: [
      {
        when: "Python states its threshold",
        change: all(
          set("deployment", [...labels, "apg.io/runtime"], "python"),
          set("deployment", `${containerPath}.env`, [{ name: "PYTHON_GC_THRESHOLD", value: "700,10,10" }]),
        ),
      },
    ],
    bad: [
      {
        when: "the JVM states no collector",
        change: all(
          set("deployment", [...labels, "apg.io/runtime"], "jvm"),
          set("deployment", `${containerPath}.env`, [{ name: "JAVA_TOOL_OPTIONS", value: "-XX:MaxRAMPercentage=75" }]),
        ),
        on: "deployment",
        says: [`${deployment} runs on jvm and does not set JAVA_TOOL_OPTIONS in full: set it in the container's env.`],
      },
    ],
  },
];
