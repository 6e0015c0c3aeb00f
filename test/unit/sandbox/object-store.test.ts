import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { objectStore, objectStoreImages } from "../../../sandbox/addons/object-store.ts";
import type { KubernetesObject } from "../../../sandbox/addons/objects.ts";
import { recipeFor } from "../../../sandbox/images/recipes.ts";
import { ensureObjectStoreKeys, objectStoreKeysFile } from "../../../sandbox/object-store.ts";
import { isServed, objectStoreSecrets } from "../../../sandbox/stand-ins/object-store.ts";

const keys = { accessKeyId: "id", secretAccessKey: "secret" };
const decoded = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();

interface Server {
  spec: {
    strategy: { type: string };
    template: {
      metadata: { annotations: Record<string, string> };
      spec: {
        automountServiceAccountToken: boolean;
        securityContext: { runAsNonRoot: boolean };
        initContainers: { securityContext: object }[];
        containers: { args: string[]; env: { valueFrom?: object }[]; securityContext: object }[];
      };
    };
  };
}

describe("the object store", () => {
  const objects = objectStore({ keys, cert: "certificate", key: "its key" });
  const named = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name)!;
  const server = (of: KubernetesObject[] = objects) =>
    of.find(({ kind }) => kind === "Deployment") as unknown as Server;

  it("speaks TLS alone, keeps versions, and runs as the restricted standard wants it", () => {
    const { spec } = server().spec.template;
    const [container] = spec.containers;
    for (const arg of ["--cert=/tls/tls.crt", "--versioning-dir=/data/versions", "--iam-dir=/data/users"])
      assert.ok(container!.args.includes(arg), arg);
    assert.ok(
      container!.env.every(({ valueFrom }) => valueFrom),
      "keys come from a Secret",
    );
    assert.ok(spec.securityContext.runAsNonRoot);
    assert.equal(spec.automountServiceAccountToken, false);
    for (const { securityContext } of [...spec.containers, ...spec.initContainers]) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      });
    }
  });

  it("is reached by the capabilities alone, and reaches nobody", () => {
    const specOf = (name: string) => named("NetworkPolicy", name)["spec"] as { ingress?: unknown; egress?: unknown };
    assert.deepEqual(specOf("default-deny"), { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    assert.deepEqual(specOf("allow-from-capabilities").ingress, [
      {
        from: [{ namespaceSelector: { matchExpressions: [{ key: "apg.io/capability", operator: "Exists" }] } }],
        ports: [{ protocol: "TCP", port: 7070 }],
      },
    ]);
  });

  it("never has two servers on its volume, and starts anew with another certificate", () => {
    assert.equal(server().spec.strategy.type, "Recreate");
    const content = (cert: string) =>
      server(objectStore({ keys, cert, key: "its key" })).spec.template.metadata.annotations["apg.io/content"];
    assert.equal(content("certificate"), content("certificate"));
    assert.notEqual(content("certificate"), content("another"));
  });

  it("runs images that can be made", () => {
    for (const image of objectStoreImages) assert.notEqual(recipeFor(image), undefined, image);
  });

  it("has keys of each sandbox's own, which nobody else reads", async () => {
    const folders = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), "apg-keys-"))));
    try {
      const [one, other] = await Promise.all(folders.map((cluster) => ensureObjectStoreKeys({ cluster })));
      assert.deepEqual(await ensureObjectStoreKeys({ cluster: folders[0]! }), one);
      assert.notEqual(one!.secretAccessKey, other!.secretAccessKey);
      assert.ok(one!.secretAccessKey.length >= 32);
      assert.equal((await stat(objectStoreKeysFile({ cluster: folders[0]! }))).mode & 0o777, 0o600);
    } finally {
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
    }
  });
});

describe("the keys of the object store", () => {
  const namespace = (labels?: Record<string, string>, more: object = {}) => ({
    metadata: { name: "some", labels, ...more },
  });

  it("go to the namespaces of capabilities", () => {
    assert.ok(isServed(namespace({ "apg.io/capability": "audio-processing" })));
    assert.ok(!isServed(namespace({ "apg.io/environment": "sandbox" })));
    assert.ok(!isServed(namespace()));
    assert.ok(!isServed(namespace({ "apg.io/capability": "a" }, { deletionTimestamp: "2026-11-24T12:00:00Z" })));
  });

  it("go there with the authority that clients need", () => {
    const [admin, authority] = objectStoreSecrets("a", keys, "pem");
    assert.deepEqual(
      [admin!.metadata, authority!.metadata],
      [
        { name: "object-store-admin", namespace: "a" },
        { name: "object-store-authority", namespace: "a" },
      ],
    );
    assert.equal(decoded(admin!.data["accessKeyId"]), "id");
    assert.equal(decoded(admin!.data["secretAccessKey"]), "secret");
    assert.equal(decoded(authority!.data["ca.crt"]), "pem");
  });
});
