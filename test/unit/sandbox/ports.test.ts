import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { chooseFreePorts, isFree, portOwner } from "../../../sandbox/ports.ts";

describe("a port of the sandbox", () => {
  let server: Server;
  const listen = async (port: number) => {
    server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const close = async () => {
    server.close();
    await once(server, "close");
  };

  it("is chosen free, each name its own, below the range that outgoing connections use", async () => {
    const { one, two, three } = await chooseFreePorts(["one", "two", "three"]);
    assert.equal(new Set([one, two, three]).size, 3);
    for (const port of [one, two, three]) {
      assert.ok(port >= 16_000 && port < 32_768);
      assert.equal(await isFree(port), true);
    }
  });

  it("is not free while somebody listens, who is then named", async () => {
    const { port } = await chooseFreePorts(["port"]);
    await listen(port);
    assert.equal(await isFree(port), false);
    assert.match(portOwner(port), new RegExp(`^\\S+ \\(process ${process.pid}\\)$`));
    await close();
    assert.equal(await isFree(port), true);
    assert.equal(portOwner(port), "another process");
  });
});
