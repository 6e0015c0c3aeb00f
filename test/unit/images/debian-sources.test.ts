import assert from "node:assert/strict";
import { ownSources } from "../../../sandbox/images/debian-sources.ts";

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

describe("the distribution's own package sources", () => {
  it("are taken from stanzas, with their keyring", () => {
    const text = `# a comment
Types: deb deb-src
# another
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main contrib non-free
Signed-By: ${keyring}

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 ${keyring}
`;
    assert.equal(
      ownSources({ "debian.sources": text }, "bookworm"),
      `Types: deb
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: ${keyring}

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main
Signed-By: ${keyring}
`,
    );
  });

  it("are taken from lines, and every line from a mirror of one's own", () => {
    const text = `# deb http://mirror.test/debian bookworm main
deb-src http://mirror.test/debian bookworm main
deb http://mirror.test/ubuntu noble main restricted universe # a remark
deb [arch=amd64 signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://mirror.test/os noble-updates universe
`;
    assert.equal(
      ownSources({ "sources.list": text }, "noble"),
      `Types: deb
URIs: http://mirror.test/ubuntu
Suites: noble
Components: main universe

Types: deb
URIs: http://mirror.test/os
Suites: noble-updates
Components: universe
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
`,
    );
  });

  const foreign: Record<string, string> = {
    "another key": "deb [signed-by=/usr/share/keyrings/vendor.gpg] http://mirror.test/debian bookworm main",
    "another component": "deb http://mirror.test/linux/debian bookworm stable",
    "another suite": "deb http://mirror.test/debian vendor-bookworm main",
    "another release": "deb http://mirror.test/debian trixie main",
    "another kind of path": "deb http://mirror.test/apt bookworm main",
  };
  for (const [what, line] of Object.entries(foreign)) {
    it(`are not: ${what}`, () => assert.equal(ownSources({ "vendor.list": line }, "bookworm"), ""));
  }

  it("are not: a stanza that is switched off, or of source packages only", () => {
    const stanza = "URIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main\n";
    assert.equal(ownSources({ "a.sources": `Enabled: no\nTypes: deb\n${stanza}` }, "bookworm"), "");
    assert.equal(ownSources({ "a.sources": `Types: deb-src\n${stanza}` }, "bookworm"), "");
  });
});
