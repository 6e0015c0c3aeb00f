import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Watched } from "../../../sandbox/network-policy/watch.ts";
import { ApiStandIn, until } from "./api-stand-in.ts";

const named = (name: string, mark?: string) => ({ metadata: { name, namespace: "x" }, mark });

describe("a watched list of the API server", () => {
  let dir: string;
  let api: ApiStandIn;
  let watched: Watched<ReturnType<typeof named>>;
  let end: AbortController;
  let followed: Promise<void>;
  const said: string[] = [];
  const names = () =>
    watched.objects
      .map(({ metadata }) => metadata.name)
      .sort()
      .join(" ");
  const isWatching = (times: number) => () => api.asked.filter((one) => one === "watch pods").length >= times;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "apg-watch-"));
    api = new ApiStandIn();
    api.objects.pods = [named("a"), named("b")];
    watched = new Watched("/api/v1/pods", await api.start(dir), () => undefined);
    end = new AbortController();
    followed = watched.follow((line) => said.push(line), end.signal);
    await until("it watches", isWatching(1));
  });
  afterEach(async () => {
    end.abort();
    await api.stop();
    await followed;
    await rm(dir, { recursive: true });
  });

  it("is the list, and what the watch says of it", async () => {
    assert.equal(watched.complete, true);
    api.tell("pods", "ADDED", named("c"));
    api.tell("pods", "DELETED", named("a"));
    api.tell("pods", "MODIFIED", named("b", "new"));
    api.tell("pods", "BOOKMARK", named("not an object"));
    await until("c is there", () => names() === "b c");
    assert.equal(watched.objects.find(({ metadata }) => metadata.name === "b")?.mark, "new");
  });

  for (const [how, lose] of Object.entries({
    "is ended by the server": () => api.endWatches(),
    "has grown too old": () => api.tell("pods", "ERROR", { code: 410, metadata: { name: "" } }),
    "is cut by a reset": () => api.reset(),
  })) {
    it(`is listed anew when the watch ${how}`, async () => {
      api.objects.pods = [named("d")];
      lose();
      await until("d alone is there", () => names() === "d");
      await until("it watches again", isWatching(2));
    });
  }

  it("stays as it is while the server is away", async () => {
    said.length = 0;
    await api.stop();
    await until("the server is missed", () => said.length > 1);
    assert.equal(names(), "a b");
    api.objects.pods = [];
    await api.start(dir);
    await until("the server is back", () => names() === "");
  });
});
