// The process that stands in for cert-manager and External Secrets: `node controller.ts CONFIG`. It follows their resources and
// writes the Secrets that those would write. It signs with the sandbox's own authority, and makes secrets up. Where there is an
// object store, it hands its keys to the capabilities.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient, ApiError } from "../api.ts";
import { loadPem, type CertificateFiles, type Loaded } from "../certificates.ts";
import { Watched, type ServerAccess } from "../network-policy/watch.ts";
import { issueCertificate, renewalOf, satisfies, secretOf, type Certificate } from "./certificate.ts";
import { contentOf, madeUp, type ExternalSecret } from "./external-secret.ts";
import { isServed, objectStoreSecrets, type Namespace } from "./object-store.ts";

export interface StandInConfig extends ServerAccess {
  /** The authority in place of those outside. */
  outside: CertificateFiles;
  /** File with the keys of the object store, where there is one. */
  objectStoreKeys?: string;
}

interface Secret {
  data?: Record<string, string>;
}

interface Issuer {
  spec: { selfSigned?: object; ca?: { secretName: string } };
}

const certificates = "/apis/cert-manager.io/v1";
const externalSecrets = "/apis/external-secrets.io/v1";
/** How often it is looked whether something is due. */
const lookEveryMs = 1000;
/** Where made-up values are kept: the store outside, so to speak. */
const remoteStore = "/api/v1/namespaces/kube-system/secrets/apg-stand-in-store";

const decoded = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text, "base64").toString());

class Controller {
  readonly #api: ApiClient;
  readonly #outside: Loaded;
  readonly #outsideText: string;
  readonly #objectStoreKeys: Record<string, string> | undefined;

  constructor(config: StandInConfig) {
    const { authority, cert, key, server, outside, objectStoreKeys } = config;
    this.#api = new ApiClient(server, authority, { cert, key });
    this.#outsideText = readFileSync(outside.cert, "utf8");
    this.#outside = loadPem(this.#outsideText, readFileSync(outside.key, "utf8"))!;
    this.#objectStoreKeys =
      objectStoreKeys === undefined
        ? undefined
        : (JSON.parse(readFileSync(objectStoreKeys, "utf8")) as Record<string, string>);
  }

  async keepCertificate(certificate: Certificate): Promise<void> {
    const { namespace } = certificate.metadata;
    const path = `/api/v1/namespaces/${namespace}/secrets/${certificate.spec.secretName}`;
    const now = new Date();
    const present = decoded((await this.#find<Secret>(path))?.data?.["tls.crt"]);
    let text = present;
    if (!present || !satisfies(new X509Certificate(present), certificate, now)) {
      const signer = await this.#signerOf(certificate);
      const made = await issueCertificate(certificate, signer?.loaded, now);
      await this.#api.apply(path, secretOf(certificate, made, signer?.text ?? made.cert));
      text = made.cert;
    }
    const expires = new X509Certificate(text!).validToDate;
    await this.#report(certificate, certificates, "certificates", "Ready", {
      notAfter: seconds(expires),
      renewalTime: seconds(renewalOf(certificate, expires)),
    });
  }

  /** Of the issuer that is named: an authority in a Secret, none where it signs itself, and the sandbox's for all others. */
  async #signerOf({ metadata, spec }: Certificate): Promise<{ loaded: Loaded; text: string } | undefined> {
    const { name, kind = "Issuer" } = spec.issuerRef;
    const cluster = kind === "ClusterIssuer";
    const place = cluster ? "clusterissuers" : `namespaces/${metadata.namespace}/issuers`;
    const issuer = await this.#find<Issuer>(`${certificates}/${place}/${name}`);
    if (!issuer) throw new Error(`there is no ${kind} ${name}`);
    if (issuer.spec.selfSigned) return undefined;
    if (!issuer.spec.ca) return { loaded: this.#outside, text: this.#outsideText };
    const namespace = cluster ? "cert-manager" : metadata.namespace;
    const secret = await this.#find<Secret>(`/api/v1/namespaces/${namespace}/secrets/${issuer.spec.ca.secretName}`);
    const text = decoded(secret?.data?.["tls.crt"]);
    const loaded = loadPem(text, decoded(secret?.data?.["tls.key"]));
    if (!loaded) throw new Error(`the Secret ${issuer.spec.ca.secretName} of ${kind} ${name} holds no authority yet`);
    return { loaded, text: text! };
  }

  async keepExternalSecret(wanted: ExternalSecret): Promise<void> {
    const { name, namespace } = wanted.metadata;
    const store = (await this.#find<Secret>(remoteStore))?.data ?? {};
    const added: Record<string, string> = {};
    const content = contentOf(wanted, (place) => decoded(store[place]) ?? (added[place] ??= madeUp()));
    if (Object.keys(added).length > 0) {
      const metadata = { name: "apg-stand-in-store", namespace: "kube-system" };
      const data = {
        ...store,
        ...Object.fromEntries(Object.entries(added).map(([key, value]) => [key, base64(value)])),
      };
      await this.#api.apply(remoteStore, { apiVersion: "v1", kind: "Secret", metadata, data });
    }
    const target = wanted.spec.target?.name ?? name;
    await this.#api.apply(`/api/v1/namespaces/${namespace}/secrets/${target}`, {
      apiVersion: "v1",
      kind: "Secret",
      type: wanted.spec.target?.template?.type ?? "Opaque",
      metadata: { name: target, namespace },
      data: Object.fromEntries(Object.entries(content).map(([key, value]) => [key, base64(value)])),
    });
    await this.#report(wanted, externalSecrets, "externalsecrets", "Ready", {});
  }

  async keepObjectStoreSecrets({ metadata: { name } }: Namespace): Promise<void> {
    if (!this.#objectStoreKeys) return;
    for (const secret of objectStoreSecrets(name, this.#objectStoreKeys, this.#outsideText)) {
      await this.#api.apply(`/api/v1/namespaces/${name}/secrets/${secret.metadata.name}`, secret);
    }
  }

  /** Says in the resource's status that it is ready, or why not. */
  async #report(
    object: Certificate | ExternalSecret,
    group: string,
    plural: string,
    type: string,
    more: object,
    problem?: string,
  ): Promise<void> {
    const { name, namespace, generation } = object.metadata;
    const condition = {
      type,
      status: problem ? "False" : "True",
      reason: problem ? "StandIn" : "Ready",
      message: problem ?? "The sandbox's stand-in has done it.",
      lastTransitionTime: seconds(new Date()),
      ...(group === certificates && { observedGeneration: generation }),
    };
    await this.#api.apply(`${group}/namespaces/${namespace}/${plural}/${name}/status`, {
      apiVersion: group.slice("/apis/".length),
      kind: plural === "certificates" ? "Certificate" : "ExternalSecret",
      metadata: { name, namespace },
      status: { ...more, conditions: [condition] },
    });
  }

  async refuse(object: Certificate | ExternalSecret, plural: "certificates" | "externalsecrets", why: string) {
    await this.#report(object, plural === "certificates" ? certificates : externalSecrets, plural, "Ready", {}, why);
  }

  async #find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.#api.get<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}

const seconds = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");
const base64 = (text: string) => Buffer.from(text).toString("base64");

async function run(config: StandInConfig): Promise<never> {
  const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
  const controller = new Controller(config);
  const follow = <T extends { metadata: { name: string } }>(path: string) => {
    const watched = new Watched<T & { metadata: { resourceVersion?: string } }>(path, config, () => undefined);
    void watched.follow(say);
    return watched;
  };
  const wanted = follow<Certificate>(`${certificates}/certificates`);
  const external = follow<ExternalSecret>(`${externalSecrets}/externalsecrets`);
  const namespaces = follow<Namespace>("/api/v1/namespaces");
  const done = new Map<string, string>();

  const keep = async <T extends { metadata: { name: string; namespace?: string; generation?: number } }>(
    objects: readonly T[],
    plural: string,
    action: (object: T) => Promise<void>,
    refuse: (object: T, why: string) => Promise<void> = () => Promise.resolve(),
  ) => {
    for (const object of objects) {
      const key = `${plural} ${object.metadata.namespace ?? ""}/${object.metadata.name}`;
      // A certificate is looked at once a minute, whether it is due; everything when it has changed.
      const state = `${object.metadata.generation} ${Math.floor(Date.now() / 60_000)}`;
      if (done.get(key) === state) continue;
      try {
        await action(object);
        done.set(key, state);
        say(`${key}: done`);
      } catch (error) {
        const why = (error as Error).message;
        say(`${key}: ${why}`);
        await refuse(object, why).catch(() => undefined);
      }
    }
  };
  for (;;) {
    await keep(namespaces.objects.filter(isServed), "namespaces", (object) =>
      controller.keepObjectStoreSecrets(object),
    );
    await keep(
      wanted.objects,
      "certificates",
      (object) => controller.keepCertificate(object),
      (object, why) => controller.refuse(object, "certificates", why),
    );
    await keep(
      external.objects,
      "externalsecrets",
      (object) => controller.keepExternalSecret(object),
      (object, why) => controller.refuse(object, "externalsecrets", why),
    );
    await sleep(lookEveryMs);
  }
}

if (import.meta.main) {
  process.on("SIGTERM", () => process.exit(0));
  await run(JSON.parse(readFileSync(process.argv[2]!, "utf8")) as StandInConfig);
}
