// What a stack's configuration says of the platform on AWS: what the parts are given, and what is refused between them. Each
// part's own values are in config-edge, config-security and the like.
import assert from "node:assert/strict";
import fc from "fast-check";
import { validateConfig } from "../../config.ts";
import { capability, problemsOf, today, writtenData } from "./config-fixtures.ts";

const region = "eu-central-1";
const account = {
  accountId: "123456789012",
  region,
  replicaRegion: "eu-west-1",
  administrators: ["arn:aws:iam::123456789012:role/apg-deployer"],
};
const aws = { cidr: "10.20.0.0/16", zones: ["a", "b", "c"].map((letter) => region + letter) };
const images = (writtenData() as { images: object }).images;
const monitoring = { namespace: "apg-observability", podLabels: { "app.kubernetes.io/name": "prometheus" } };
const window = { schedule: "0 2 * * 0", duration: "4h" };
const notify = { emails: ["security@example.com"] };
const breakGlass = { principals: ["arn:aws:iam::123456789012:user/jane"] };
const signing = { signers: [{ subject: "https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main" }] };
const registries = ["123456789012.dkr.ecr.eu-central-1.amazonaws.com"];
const writers = ["arn:aws:iam::123456789012:role/writer"];
const token = { issuer: "https://login.example.com/", audiences: ["apg"], jwksUri: "https://login.example.com/keys" };
const edge = {
  domain: "example.com",
  issuers: {
    email: "platform@example.com",
    backup: { server: "https://acme.zerossl.com/v2/DV90", caaDomain: "sectigo.com" },
  },
  token,
};

/** A foundation of its own, two capabilities, and these keys; whatever is undefined is left out. */
function onAws(keys: Record<string, unknown> = {}): Record<string, unknown> {
  const all = {
    environment: "prod",
    account,
    foundation: { aws },
    capabilities: [capability("audio-processing"), capability("computer-vision")],
    ...keys,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** On a cluster that is there, with buckets on AWS. */
const elsewhere = (of: object, keys: Record<string, unknown> = {}) =>
  onAws({
    foundation: { cluster: { context: "apg" } },
    data: { images, apiServer: { cidr: "10.0.0.0/28", port: 443 }, aws: of },
    ...keys,
  });

const resolved = (raw: unknown) => validateConfig(raw, { today });
const platform = (keys: Record<string, unknown> = {}) => resolved(onAws(keys)).platform!;

describe("the configuration of a platform on AWS", () => {
  it("is nothing without a foundation of the stack's own", () => {
    assert.equal(
      resolved(onAws({ account: undefined, foundation: { cluster: { context: "apg" } } })).platform,
      undefined,
    );
    assert.equal(resolved(elsewhere({ clusterName: "apg", endpointCidr: "10.0.0.0/16" })).platform, undefined);
  });

  it("is the place alone where no part is asked for", () => {
    assert.deepEqual(platform(), {
      environment: "prod",
      account,
      clusterName: "apg-prod",
      ...aws,
      capabilities: ["audio-processing", "computer-vision"],
    });
    assert.deepEqual(resolved(onAws()).foundation, { aws: { ...aws, environment: "prod", account } });
  });

  it("has the cluster's name from the foundation, for data services too", () => {
    const named = onAws({ foundation: { aws: { ...aws, clusterName: "own" } }, data: { images, aws: {} } });
    const { platform: of, capabilities } = resolved(named);
    assert.equal(of!.clusterName, "own");
    assert.equal(capabilities[0]!.dataPlatform!.aws!.clusterName, "own");
  });

  it("gives data services the account, and the network of their own unless they name another", () => {
    const data = (of: object) => resolved(onAws({ data: { images, aws: of } })).capabilities[0]!.dataPlatform!;
    assert.deepEqual(data({}).aws, { ...account, clusterName: "apg-prod", endpointCidr: "10.20.0.0/16" });
    assert.deepEqual(data({}).apiServer, { peer: { cidr: "10.20.0.0/16" }, port: 443 });
    assert.deepEqual(data({ endpointCidr: "10.20.9.0/24", nameSuffix: "x1" }).aws, {
      ...account,
      clusterName: "apg-prod",
      endpointCidr: "10.20.9.0/24",
      nameSuffix: "x1",
    });
    const given = elsewhere({ clusterName: "apg", endpointCidr: "10.0.0.0/16" });
    const { aws: there, apiServer } = resolved(given).capabilities[0]!.dataPlatform!;
    assert.deepEqual(there, { ...account, clusterName: "apg", endpointCidr: "10.0.0.0/16" });
    assert.deepEqual(apiServer, { peer: { cidr: "10.0.0.0/28" }, port: 443 });
  });

  it("gives nodes the window and the forecast, which are the whole stack's", () => {
    const nodePools = { imageVersion: "v20261112" };
    const forecastPeak = { cpu: "96", memory: "384Gi" };
    assert.deepEqual(platform({ nodePools, maintenanceWindow: window }).nodePools, {
      ...nodePools,
      maintenanceWindow: window,
    });
    assert.deepEqual(platform({ nodePools, maintenanceWindow: window, forecastPeak }).nodePools, {
      ...nodePools,
      maintenanceWindow: window,
      forecastPeak,
    });
    assert.equal(platform({ maintenanceWindow: window, forecastPeak }).nodePools, undefined);
  });

  it("gives operators and the gateway whoever reads metrics", () => {
    const parts = { operators: { internet: ["203.0.113.0/24"] }, edge: { ...edge, gateway: { minReplicas: 4 } } };
    const watched = platform({ ...parts, data: { images, monitoring } });
    assert.deepEqual(watched.operators, { ...parts.operators, monitoring });
    assert.deepEqual(watched.edge!.gateway, { minReplicas: 4, monitoring: { peer: monitoring } });
    const unwatched = platform(parts);
    assert.deepEqual(unwatched.operators, parts.operators);
    assert.deepEqual(unwatched.edge!.gateway, { minReplicas: 4 });
  });

  it("gives security whom to page, who breaks the glass, and whatever else is said of it", () => {
    const given = {
      notify,
      breakGlass,
      images: { repositories: ["apg/audio"], pullers: writers },
      secretReaders: writers,
      compliance: { accountWide: false, auditRetentionYears: 7 },
      deletionProtection: false,
    };
    const { security, admission, signing: checks, mesh } = platform({ security: given });
    assert.deepEqual(security, {
      notify,
      breakGlassPrincipals: breakGlass.principals,
      images: given.images,
      secretReaders: writers,
      accountWide: false,
      auditRetentionYears: 7,
      deletionProtection: false,
    });
    assert.deepEqual([admission, checks, mesh], [{ registries: [] }, undefined, undefined]);
  });

  it("gives admission and the check of signatures the registries, without the rest of security", () => {
    const of = platform({ security: { registries, signing, mesh: true, admission: { images: false } } });
    assert.equal(of.security, undefined);
    assert.deepEqual(of.admission, { images: false, registries });
    assert.deepEqual(of.signing, { ...signing, registries });
    assert.equal(of.mesh, true);
    assert.equal(platform({ security: { mesh: false } }).mesh, undefined);
  });

  it("gives secrets their writers, and each capability the keys of others that it uses", () => {
    const key = (name: string, of: string) => ({ name, capability: of });
    const thirdParty = [
      { ...key("speech", "audio-processing"), critical: true },
      key("maps", "computer-vision"),
      key("speech", "computer-vision"),
    ];
    const given = resolved(onAws({ secrets: { writers, credentialDays: 30, thirdParty } }));
    assert.deepEqual(given.platform!.secrets, { writers, credentialDays: 30 });
    assert.deepEqual(
      given.capabilities.map(({ thirdParty: keys }) => keys),
      [[{ name: "speech", critical: true }], [{ name: "maps" }, { name: "speech" }]],
    );
    assert.equal(resolved(onAws({ secrets: { writers } })).capabilities[0]!.thirdParty, undefined);
  });

  it("gives the edge every public name once, and routes how tokens are proven", () => {
    const route = (...hosts: string[]) => ({ route: { hosts, paths: ["/v1"] } });
    const { platform: of, capabilities } = resolved(
      onAws({
        edge: { ...edge, dns: { zoneId: "Z1" } },
        capabilities: [
          capability("audio-processing", route("a.example.com", "api.example.com")),
          capability("computer-vision", route("api.example.com", "v.example.com")),
          capability("inner"),
        ],
      }),
    );
    assert.deepEqual(of!.edge, {
      domain: edge.domain,
      issuers: edge.issuers,
      dns: { zoneId: "Z1" },
      hosts: ["a.example.com", "api.example.com", "v.example.com"],
    });
    assert.deepEqual(
      capabilities.map((each) => each.route),
      [
        { hosts: ["a.example.com", "api.example.com"], paths: ["/v1"], token },
        { hosts: ["api.example.com", "v.example.com"], paths: ["/v1"], token },
        undefined,
      ],
    );
  });

  it("names every public name exactly once, whichever capabilities share it", () => {
    const host = fc.constantFrom("a", "b", "c", "d", "e").map((name) => `${name}.example.com`);
    const hosts = fc.array(fc.option(fc.uniqueArray(host, { minLength: 1 }), { nil: undefined }), { maxLength: 4 });
    fc.assert(
      fc.property(hosts, (given) => {
        const capabilities = given.map((of, at) => capability(`of-${at}`, of && { route: { hosts: of } }));
        const named = platform({ edge, capabilities }).edge!.hosts;
        assert.deepEqual(new Set(named), new Set(given.flatMap((of) => of ?? [])));
        assert.equal(named.length, new Set(named).size);
      }),
    );
  });

  it("gives backups Velero's role, which the stack makes for a cluster of its own, and the volumes' key the same", () => {
    const made = "arn:aws:iam::123456789012:role/apg-prod-velero";
    const backup = (clusterState: object) => ({ rtoMinutes: 15, clusterState });
    const given = resolved(
      onAws({ backup: backup({ schedule: "0 1 * * *" }), data: { images, aws: { nameSuffix: "x1" } } }),
    );
    assert.deepEqual(given.platform!.clusterState, { nameSuffix: "x1" });
    assert.deepEqual(given.foundation.aws!.volumeCopiers, [made]);
    assert.deepEqual(given.capabilities[0]!.dataPlatform!.backup, backup({ schedule: "0 1 * * *", roleArn: made }));

    const roleArn = "arn:aws:iam::123456789012:role/velero";
    const named = resolved(onAws({ backup: backup({ roleArn, namespace: "backups" }), data: { images, aws: {} } }));
    assert.deepEqual(named.platform!.clusterState, { roleArn, namespace: "backups", nameSuffix: undefined });
    assert.deepEqual(named.foundation.aws!.volumeCopiers, [roleArn]);
    assert.equal(named.capabilities[0]!.dataPlatform!.backup!.clusterState!.roleArn, roleArn);

    // Where the cluster is another stack's Velero is too, and nobody copies to AWS where buckets are elsewhere.
    const there = elsewhere({ clusterName: "apg", endpointCidr: "10.0.0.0/16" }, { backup: backup({}) });
    const { roleArn: nobodys } = resolved(there).capabilities[0]!.dataPlatform!.backup!.clusterState!;
    assert.equal(nobodys, undefined);
    const served = resolved(onAws({ backup: backup({}), data: writtenData() }));
    assert.deepEqual([served.platform!.clusterState, served.foundation.aws!.volumeCopiers], [undefined, undefined]);
    assert.equal(resolved(onAws({ data: { images, aws: {} } })).platform!.clusterState, undefined);
  });

  it("says of what no resource shows only what was given", () => {
    assert.deepEqual(resolved(onAws()).configured, {});
    const { configured } = resolved(
      onAws({
        tenants: ["acme"],
        backup: { rtoMinutes: 15, rpoMinutes: 5, retentionDays: 30 },
        maintenanceWindow: window,
        forecastPeak: { cpu: "8", memory: "32Gi" },
        nodePools: {
          imageVersion: "v20261112",
          gpu: { devicePluginImage: `registry.example/plugin:1.0.0@sha256:${"ab".repeat(32)}` },
        },
        security: { registries, notify, breakGlass, compliance: { configRoleExists: true } },
        secrets: { writers, thirdParty: [{ name: "speech", capability: "audio-processing" }] },
      }),
    );
    assert.deepEqual(configured, {
      tenants: ["acme"],
      backup: { rtoMinutes: 15, rpoMinutes: 5 },
      maintenanceWindow: window,
      forecastPeak: { cpu: "8", memory: "32Gi" },
      gpu: true,
      security: { registries, compliance: { configRoleExists: true } },
      thirdParty: ["speech"],
    });
  });
});

describe("the configuration of a platform on AWS is refused", () => {
  it("without the account, wherever something is on AWS", () => {
    const said = "apg:account: missing; the account is needed that everything on AWS is in (CV-NET-02).";
    assert.deepEqual(problemsOf(onAws({ account: undefined })), [said]);
    const there = { clusterName: "apg", endpointCidr: "10.0.0.0/16" };
    assert.deepEqual(problemsOf(elsewhere(there, { account: undefined })), [said]);
  });

  const parts = {
    edge,
    nodePools: { imageVersion: "v20261112" },
    operators: {},
    secrets: { writers },
    security: { mesh: true },
  };
  for (const [name, part] of Object.entries(parts)) {
    it(`where ${name} has no foundation of the stack's own to belong to`, () => {
      const given = { foundation: { cluster: { context: "apg" } }, maintenanceWindow: window, [name]: part };
      assert.deepEqual(problemsOf(onAws(given)), [
        `apg:${name}: given; it belongs to a foundation of the stack's own: foundation.aws is needed (CV-KUBE-01).`,
      ]);
    });
  }

  it("where nodes have no window", () => {
    assert.deepEqual(problemsOf(onAws({ nodePools: parts.nodePools })), [
      "apg:maintenanceWindow: missing; nodePools need a window for maintenance (AUD-SOP-04, CV-MONTH-05).",
    ]);
  });

  it("where a capability is public, and there is no edge", () => {
    const routed = capability("audio-processing", { route: { hosts: ["a.example.com"] } });
    assert.deepEqual(problemsOf(onAws({ capabilities: [capability("inner"), routed] })), [
      "apg:capabilities[1].route: a route given; there is no gateway without apg:edge (CV-NET-04).",
    ]);
  });

  it("where data on AWS does not know its cluster and network, or the API server's", () => {
    assert.deepEqual(problemsOf(elsewhere({})), [
      "apg:data.aws.clusterName: missing; the name of the EKS cluster is needed without foundation.aws (CV-ENV-03).",
      "apg:data.aws.endpointCidr: missing; the network of S3's endpoint is needed without foundation.aws (CV-KUBE-04).",
    ]);
    const data = { ...writtenData() };
    delete data["apiServer"];
    assert.deepEqual(problemsOf(onAws({ foundation: { cluster: { context: "apg" } }, data })), [
      "apg:data.apiServer: missing; the API server's network and port are needed without foundation.aws (AUD-SEC-01).",
    ]);
  });

  it("where data names another cluster than the stack's own", () => {
    assert.deepEqual(problemsOf(onAws({ data: { images, aws: { clusterName: "other" } } })), [
      'apg:data.aws.clusterName: "other" given; the cluster is the stack\'s own: its name is foundation.aws.clusterName (CV-ENV-03).',
    ]);
  });

  it("where security is asked for by halves, so that nobody would be paged or could get in", () => {
    const of = (security: object) => problemsOf(onAws({ security }));
    assert.deepEqual(of({ notify }), [
      "apg:security.breakGlass: missing; it is needed with notify, or nobody would watch over it (CV-SECRET-08).",
    ]);
    assert.deepEqual(of({ breakGlass }), [
      "apg:security.notify: missing; it is needed with breakGlass, or nobody would watch over it (AUD-SOP-06, CV-NET-08).",
    ]);
    const watched = { images: { repositories: ["apg/audio"], pullers: writers }, deletionProtection: true };
    assert.deepEqual(of(watched), [
      "apg:security.breakGlass: missing; it is needed with images, deletionProtection, or nobody would watch over it (CV-SECRET-08).",
      "apg:security.notify: missing; it is needed with images, deletionProtection, or nobody would watch over it (AUD-SOP-06, CV-NET-08).",
    ]);
    assert.deepEqual(of({ signing }), [
      "apg:security.registries: missing; it is needed with signing: they say whose images are signed (AUD-SEC-04).",
    ]);
  });

  it("where the cluster would refuse what operators start in capabilities' namespaces", () => {
    const copy = (name: string, of = registries[0]) => `${of}/mirror/${name}:1.2.3@sha256:${"ab".repeat(32)}`;
    const of = (keys: object) => problemsOf(onAws({ security: { registries }, ...keys }));
    const none = `as no other may run (CV-IMG-04).`;
    assert.deepEqual(of({ edge }), [
      `apg:edge.gateway.image: missing; a copy of Envoy's image in ${registries[0]} is needed, ${none}`,
    ]);
    assert.deepEqual(
      of({
        edge: { ...edge, gateway: { image: copy("envoy", "docker.io") } },
        operators: { images: { cloudnativePg: copy("cnpg"), barmanSidecar: copy("barman", "ghcr.io") } },
      }),
      [
        `apg:edge.gateway.image: "${copy("envoy", "docker.io")}" given; an image of ${registries[0]} is accepted, ${none}`,
        `apg:operators.images.barmanSidecar: "${copy("barman", "ghcr.io")}" given; an image of ${registries[0]} is accepted, ${none}`,
      ],
    );
    const sound = { edge: { ...edge, gateway: { image: copy("envoy") } }, operators: {} };
    assert.equal(platform({ security: { registries }, ...sound }).edge!.gateway!.image, copy("envoy"));
    // Nobody asks where images come from: any may run.
    for (const security of [{ registries, admission: { images: false } }, { mesh: true }])
      assert.equal(platform({ security, edge, operators: {} }).edge!.gateway, undefined);
  });

  it("where signatures alone say what may run, and operators start what nobody signs", () => {
    const security = { registries, signing, admission: { images: false } };
    const needed =
      "a copy that is signed is needed, as every image must be where security.admission.images is off (CV-IMG-06).";
    assert.deepEqual(problemsOf(onAws({ security, operators: {} })), [
      `apg:operators.images.barmanSidecar: missing; ${needed}`,
      `apg:operators.images.cloudnativePg: missing; ${needed}`,
    ]);
    const image = `${registries[0]}/cnpg:1.30.1@sha256:${"ab".repeat(32)}`;
    const operators = { images: { cloudnativePg: image, barmanSidecar: image } };
    assert.deepEqual(platform({ security, operators }).operators, operators);
    assert.deepEqual(platform({ security, operators: { managed: true } }).operators, { managed: true });
  });

  it("where a key of another service is for a capability that there is not", () => {
    const thirdParty = [
      { name: "speech", capability: "audio-processing" },
      { name: "maps", capability: "vision" },
    ];
    assert.deepEqual(problemsOf(onAws({ secrets: { writers, thirdParty } })), [
      'apg:secrets.thirdParty[1].capability: "vision" given; a capability of this stack is accepted: audio-processing, computer-vision (CV-ENV-04).',
    ]);
  });

  it("with every problem at once", () => {
    const routed = capability("audio-processing", { route: { hosts: ["a.example.com"] } });
    const given = { account: undefined, nodePools: parts.nodePools, capabilities: [routed], security: { signing } };
    assert.deepEqual(
      problemsOf(onAws(given)).map((problem) => problem.split(":").slice(0, 2).join(":")),
      ["apg:account", "apg:capabilities[0].route", "apg:maintenanceWindow", "apg:security.registries"],
    );
  });
});
