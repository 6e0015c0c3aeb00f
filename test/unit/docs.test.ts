import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { loadCatalogue } from "../../checklist/catalogue.ts";
import * as components from "../../components/index.ts";
import { validateConfig } from "../../config.ts";
import { readSources } from "../../docs/generator/arguments.ts";
import { documents } from "../../docs/generator/documents.ts";
import { cell, itemsIn, table, withBlocks, withoutItems } from "../../docs/generator/markdown.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { problemsOf } from "./config-fixtures.ts";

const root = dirname(dirname(import.meta.dirname));
const files = globSync("**/*.md", { cwd: root, exclude: (name) => /^(node_modules|\.sandbox.*)$/.test(name) }).sort();
const read = (file: string) => readFileSync(join(root, file), "utf8");
const all = files.map((file) => ({ file, text: read(file) }));

/** Fenced blocks of a document, in order. */
function blocks(file: string): { language: string; content: string }[] {
  return [...read(file).matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language, content]) => ({
    language: language!,
    content: content!,
  }));
}

/** Text without code, in which a link is no link. */
const prose = (text: string) => text.replace(/^```[^]*?^```$/gm, "").replace(/`[^`\n]*`/g, "code");

/** Anchors as GitHub makes them of the headings. */
function anchors(file: string): Set<string> {
  const headings = [
    ...read(file)
      .replace(/^```[^]*?^```$/gm, "")
      .matchAll(/^#+ (.+)$/gm),
  ];
  return new Set(
    headings.map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("the documentation", () => {
  it("is what `npm run docs` writes now", async () => {
    for (const { path, now, wanted } of await documents(root))
      assert.ok(now === wanted, `${path} is out of date: run npm run docs.`);
  });

  it("has no relative link that leads nowhere", () => {
    const dead = all.flatMap(({ file, text }) =>
      [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target]) => target!)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [path = "", anchor] = target.split("#");
          const aim = path === "" ? file : join(dirname(file), path);
          return !existsSync(join(root, aim)) || (anchor !== undefined && !anchors(aim).has(anchor));
        })
        .map((target) => `${file}: ${target}`),
    );
    assert.deepEqual(dead, []);
  });

  it("names no npm script that does not exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = all.flatMap(({ file, text }) =>
      [...text.matchAll(/npm run (?:-s |--silent )?([a-z][\w:-]*)/g)].map(([, script]) => ({ file, script: script! })),
    );
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter(({ script }) => !Object.hasOwn(scripts, script)),
      [],
    );
  });

  it("cites no checklist item that does not exist", () => {
    const known = new Set(loadCatalogue().map(({ id }) => id));
    const unknown = all.flatMap(({ file, text }) =>
      itemsIn(text)
        .filter((id) => !known.has(id))
        .map((id) => `${file}: ${id}`),
    );
    assert.deepEqual(unknown, []);
  });
});

describe("the components' JSDoc", () => {
  const { types } = readSources(root);
  const cases: [type: string, defaults: object][] = [
    ["ApplicationArgs", components.applicationDefaults],
    ["CapabilityArgs", { ...components.applicationDefaults, ...components.capabilityDefaults }],
    ["CapabilityNamespaceArgs", components.capabilityNamespaceDefaults],
    ["AutoscalingArgs", components.autoscalingDefaults],
    ["ScalingArgs", components.autoscalingDefaults],
    ["ScaleUpArgs", components.scaleUpDefaults],
    ["ScaleDownArgs", components.scaleDownDefaults],
    ["SessionAffinityArgs", components.sessionAffinityDefaults],
    ["TolerationArgs", components.tolerationDefaults],
    ["WorkloadSize", components.workloadSizeDefaults],
    ["MigrationArgs", components.migrationDefaults],
    ["DataPlatformArgs", components.dataPlatformDefaults],
    ["PostgresClusterArgs", components.postgresDefaults],
    ["PoolerSizeArgs", components.poolerDefaults],
    ["PostgresBackupArgs", components.postgresBackupDefaults],
    ["RedisSentinelArgs", components.redisSentinelDefaults],
    ["RedisBackupArgs", components.redisBackupDefaults],
    ["ObjectStorageArgs", components.objectStorageDefaults],
    ["AwsStorageArgs", components.objectStorageDefaults],
    ["S3ServerArgs", components.objectStorageDefaults],
    ["StorageArgs", components.objectStorageDefaults],
    ["BackupBucketArgs", components.backupBucketDefaults],
    ["BackupPolicyArgs", components.backupPolicyDefaults],
    ["ClusterStateArgs", components.clusterStateDefaults],
  ];

  for (const [type, defaults] of cases) {
    it(`states the defaults of ${type} as they are`, () => {
      const values = new Map(Object.entries(defaults).filter(([, value]) => typeof value !== "object"));
      const stated = types.get(type)!.fields.filter(({ name }) => values.has(name));
      assert.ok(stated.length > 0);
      for (const { name, default: said } of stated)
        assert.equal(said?.replace(/ \(.*\)$/, ""), JSON.stringify(values.get(name)), `${type}.${name}`);
    });
  }
});

describe("docs/components.md", () => {
  it("has every argument of a component in its table, those of an extended interface after its own", () => {
    const shown = (name: string) => {
      const [, section] = read("docs/components.md").split(`Arguments (\`${name}\`):`);
      return [...section!.split("Outputs:")[0]!.matchAll(/^\| `([^`]+)` \|/gm)].map(([, argument]) => argument);
    };
    const application = shown("ApplicationArgs");
    const own = ["namespace", "capability", "environment", "connections", "migration"];
    assert.deepEqual(application.slice(0, 7), [...own, "image", "allowUndigestedImage"]);
    assert.deepEqual(shown("CapabilityArgs").slice(-application.length + own.length), application.slice(own.length));
    assert.ok(application.includes("tolerations"));
  });
});

describe("docs/policies.md", () => {
  it("shows a policy config that names rules, settings and levels of the pack", () => {
    const { content } = blocks("docs/policies.md").find(({ language }) => language === "json")!;
    const example = JSON.parse(content) as Record<string, string | Record<string, unknown>>;
    const levels = ["advisory", "mandatory", "disabled"];
    for (const [name, config] of Object.entries(example)) {
      const rule = allRules.find((candidate) => candidate.name === name);
      assert.ok(rule, name);
      const { enforcementLevel = "mandatory", ...settings } =
        typeof config === "string" ? { enforcementLevel: config } : config;
      assert.ok(levels.includes(String(enforcementLevel)), name);
      for (const [setting, value] of Object.entries(settings)) {
        const type = Array.isArray(value) ? "array" : typeof value;
        assert.equal(rule.settings?.[setting]?.type, type, `${name}.${setting}`);
      }
    }
  });
});

describe("docs/configuration.md", () => {
  const shown = blocks("docs/configuration.md");
  const stack = (firstLine: string) => {
    const found = shown.find(({ content }) => content.startsWith(`# ${firstLine}\n`));
    assert.ok(found, firstLine);
    const { config } = parse(found.content) as { config: Record<string, unknown> };
    const own = Object.entries(config).filter(([key]) => key.startsWith("apg:"));
    return Object.fromEntries(own.map(([key, value]) => [key.slice("apg:".length), value]));
  };

  it("describes the same environment as one stack and as several", () => {
    const one = validateConfig(stack("Pulumi.prod.yaml"));
    const platform = validateConfig(stack("Pulumi.platform-prod.yaml"));
    const teams = ["audio", "vision"].map((team) => validateConfig(stack(`Pulumi.${team}-prod.yaml`)));
    assert.deepEqual(platform.foundation, one.foundation);
    assert.deepEqual(
      teams.flatMap(({ capabilities }) => capabilities),
      one.capabilities,
    );
    const reference = { stack: "organization/apg-platform/platform-prod" };
    assert.deepEqual(
      teams.map(({ foundation }) => foundation),
      [reference, reference],
    );
  });

  it("describes data services that are accepted, and that the components accept", () => {
    const { capabilities } = validateConfig(stack("Pulumi.prod.yaml, with data"));
    assert.equal(capabilities[0]?.dataPlatform?.aws?.nameSuffix, "apg1");
    assert.equal(capabilities[0].data?.postgres?.storage, "200Gi");
  });

  it("shows the errors as they are", () => {
    const problems = problemsOf(stack("Pulumi.prod.yaml, with mistakes"));
    const heading = `Pulumi.prod.yaml has ${problems.length} problems; nothing was changed:`;
    const expected = [heading, ...problems.map((problem) => `  ${problem}`), ""].join("\n");
    assert.equal(shown.find(({ content }) => content.startsWith("Pulumi.prod.yaml has"))?.content, expected);
  });
});

describe("generated Markdown", () => {
  it("leaves out a column that has nothing in any row", () => {
    assert.equal(table(["a", "b", "c"], [["1", "", "3"], ["4", "", ""]]), "| a | c |\n| --- | --- |\n| 1 | 3 |\n| 4 |  |"); // prettier-ignore
  });

  it("shows angle brackets, stars and pipes as they are, in code too", () => {
    assert.equal(cell("<a> | *b* `<c>|`"), "\\<a> \\| \\*b\\* `<c>\\|`");
  });

  it("moves checklist items out of the text, and nothing else", () => {
    assert.equal(withoutItems("Ports (CV-NET-01)."), "Ports.");
    assert.equal(withoutItems("1800 (as long as a session, CV-APPSEC-03)"), "1800 (as long as a session)");
    assert.equal(withoutItems("CPU (in cores) (AUD-PROD-03, CV-MAN-06)"), "CPU (in cores)");
  });

  it("fills the blocks of a document and leaves the rest alone", () => {
    const document = "before\n<!-- generated: x. Do not edit. -->\nold\n<!-- /generated -->\nafter\n";
    const filled = "before\n<!-- generated: x. Do not edit. -->\n\nnew\n\n<!-- /generated -->\nafter\n";
    assert.equal(withBlocks(document, { x: "new" }), filled);
    assert.equal(withBlocks(filled, { x: "new" }), filled);
    assert.throws(() => withBlocks(document, { y: "new" }), /Nothing generates the block "x", or it is there twice\./);
    assert.throws(() => withBlocks(document, { x: "new", y: "new" }), /The document has no place for y\./);
  });
});
