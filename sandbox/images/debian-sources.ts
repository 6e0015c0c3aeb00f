// Which of a machine's package sources are its distribution's own. Others (a vendor's repository for one program) are
// not consulted: what images are made of is then signed by the distribution, whichever mirror the machine asks.

/** One source: a stanza of a .sources file, or a line of a .list file. */
export interface PackageSource {
  uris: string[];
  suites: string[];
  components: string[];
  /** Keyring that the source is bound to; without it any key that the machine trusts will do. */
  signedBy?: string;
}

/** Components with no restriction on what may be done with the packages. */
const freeComponents = ["main", "universe"];

/**
 * The distribution's own sources, as the text of a .sources file.
 * @param files The machine's source files, by name.
 * @param codename Release of the machine, as in `VERSION_CODENAME` of /etc/os-release.
 */
export function ownSources(files: Readonly<Record<string, string>>, codename: string): string {
  const suites = ["", "-updates", "-security", "/updates"].map((suffix) => codename + suffix);
  return Object.entries(files)
    .flatMap(([name, text]) => (name.endsWith(".sources") ? stanzas(text) : lines(text)))
    .filter(isDistributions)
    .map((source) => ({
      ...source,
      suites: source.suites.filter((suite) => suites.includes(suite)),
      components: source.components.filter((component) => freeComponents.includes(component)),
    }))
    .filter((source) => source.suites.length > 0 && source.components.length > 0)
    .map(written)
    .join("\n");
}

function isDistributions({ uris, signedBy }: PackageSource): boolean {
  if (signedBy !== undefined) return /(debian|ubuntu)-archive/.test(signedBy);
  return uris.every((uri) => /(^|[/.-])(debian|ubuntu)/.test(uri));
}

function written(source: PackageSource): string {
  const fields = {
    Types: "deb",
    URIs: source.uris.join(" "),
    Suites: source.suites.join(" "),
    Components: source.components.join(" "),
    ...(source.signedBy === undefined ? {} : { "Signed-By": source.signedBy }),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}

/** `deb [signed-by=KEYRING] URI SUITE COMPONENT...` */
function lines(text: string): PackageSource[] {
  return text.split("\n").flatMap((line) => {
    const entry = /^\s*deb\s+(?:\[(?<options>[^\]]*)\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)\s+(?<components>[^#]+)/.exec(
      line,
    );
    if (!entry?.groups) return [];
    const { options, uri = "", suite = "", components = "" } = entry.groups;
    const signedBy = /signed-by=(\S+)/i.exec(options ?? "")?.[1];
    return [
      { uris: [uri], suites: [suite], components: words(components), ...(signedBy === undefined ? {} : { signedBy }) },
    ];
  });
}

/** Fields by stanza; a field goes on in lines that start with a blank. */
function stanzas(text: string): PackageSource[] {
  const plain = text.replaceAll(/^#.*\n/gm, "").replaceAll(/\n[ \t]+/g, " ");
  return plain.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) => new RegExp(`^${name}:[ \t]*(.*)$`, "im").exec(stanza)?.[1]?.trim();
    if (!words(field("Types")).includes("deb") || /^(no|false|0)$/i.test(field("Enabled") ?? "")) return [];
    const signedBy = field("Signed-By");
    return [
      {
        uris: words(field("URIs")),
        suites: words(field("Suites")),
        components: words(field("Components")),
        ...(signedBy === undefined ? {} : { signedBy }),
      },
    ];
  });
}

const words = (text = ""): string[] => text.split(/\s+/).filter(Boolean);
