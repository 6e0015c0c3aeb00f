// What a recipe can say, and what many recipes have in common.

/** An image as data: what it is made of, and what it runs. */
export interface Recipe {
  /** The names under which pods ask for it: the published image's, so that elsewhere the same stack pulls that one. */
  references: string[];
  /** Debian packages that it is made of, with all that they depend on. */
  packages?: string[];
  /** Packages that it does without although some package depends on them. */
  without?: string[];
  /** Files and folders of packages that it does without. */
  drop?: string[];
  /** Of a folder that packages fill, all that stays. */
  keep?: Record<string, string[]>;
  /** Built tools (tool-pins.ts), and where each is put. */
  tools?: Record<string, string>;
  /** Links: path, and where it leads. */
  links?: Record<string, string>;
  /** Empty folders that any user may write to. */
  folders?: string[];
  /** Files with their content. */
  files?: Record<string, string>;
  entrypoint: string[];
  env?: Record<string, string>;
  /** User and group, as numbers. @default 65532, who owns nothing */
  user?: string;
  /** Folder in which it starts. @default / */
  workdir?: string;
  /** How it differs from the published image of that name, where it does: shown in the output. */
  standsFor?: string;
}

const nobody = "65532:65532";

export const recipeUser = ({ user }: Recipe): string => user ?? nobody;

/** Where programs are looked for when a recipe says nothing else. */
export const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Names for user and group ids; each user has a group of its own name. */
export const users = (...entries: [name: string, id: number, home: string][]): Record<string, string> => ({
  "/etc/passwd": `root:x:0:0:root:/:/bin/sh\n${entries.map(([name, id, home]) => `${name}:x:${id}:${id}::${home}:/bin/sh\n`).join("")}`,
  "/etc/group": `root:x:0:\n${entries.map(([name, id]) => `${name}:x:${id}:\n`).join("")}`,
});

/** Hosts from /etc/hosts first, then by DNS: a package's script would write this. */
const nameService = { "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n" };

/** One built program and nothing else. */
export const single = (reference: string, tool: string, path = `/${tool}`): Recipe => ({
  references: [reference],
  tools: { [tool]: path },
  entrypoint: [path],
});

/** A program of a Debian package, under the path that it has in the published image too. */
export const packaged = (
  reference: string,
  name: string,
  { program, published, ...more }: Partial<Recipe> & { program: string; published: string },
): Recipe => ({
  references: [reference],
  packages: [name],
  folders: ["/tmp"],
  standsFor: `Debian's ${name}`,
  ...more,
  links: { [published]: program, ...more.links },
  files: { ...users(), ...nameService, ...more.files },
  entrypoint: [published],
});

const applets =
  "sh ash awk base64 basename cat chmod chown cp cut date dd df dirname du echo env expr false find grep head hostname httpd id kill ln ls md5sum mkdir mktemp mv nc nslookup od ping printf ps pwd readlink rm rmdir sed seq sha256sum sleep sort stat sync tail tar tee test timeout touch tr true uname uniq vi wc wget which xargs".split(
    " ",
  );

/** A shell and the usual small programs, in one. */
export const busybox = {
  packages: ["busybox"],
  links: Object.fromEntries(applets.map((applet) => [`/bin/${applet}`, "busybox"])),
};

/** Settings that every image of Debian packages with more than one program has. */
export const debianFiles = (...entries: Parameters<typeof users>) => ({ ...users(...entries), ...nameService });
