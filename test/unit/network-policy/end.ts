// One end of the kernel test's network, a process that lives in a network namespace of its own: it answers on some ports,
// and tries the connections that it is told, line by line. It ends with the test that holds its input.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

export interface Attempt {
  protocol: "TCP" | "UDP";
  host: string;
  port: number;
}

/** What an end is told: attempts, answered by whether each was answered; or to keep a connection, and to use the kept one. */
export type Order = { attempts: Attempt[] } | { keep: Attempt } | { useKept: true };

export const ports = [80, 81, 82, 83, 84, 85, 86];
const timeoutMs = 600;
/** No port is used twice: the kernel would take the second packet for one of the first's conversation, which may go on. */
let nextSource = 10_000;

if (import.meta.main) {
  for (const port of ports) {
    createServer((socket) => socket.on("error", () => undefined).pipe(socket)).listen(port, "::");
    const udp = createSocket("udp6");
    udp.on("message", (text, { address, port }) => udp.send(text, port, address)).bind(port);
  }
  let kept: Socket | undefined;
  console.log("ready");
  for await (const line of createInterface(process.stdin)) {
    const order = JSON.parse(line) as Order;
    if ("attempts" in order) console.log(JSON.stringify(await Promise.all(order.attempts.map(isAnswered))));
    else if ("keep" in order) {
      kept = connect({ host: order.keep.host, port: order.keep.port });
      console.log(JSON.stringify([await echoes(kept)]));
    } else console.log(JSON.stringify([await echoes(kept!)]));
  }
  process.exit(0);
}

async function isAnswered({ protocol, host, port }: Attempt): Promise<boolean> {
  if (protocol === "TCP") {
    const socket = connect({ host, port });
    try {
      return await echoes(socket);
    } finally {
      socket.destroy();
    }
  }
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve) => socket.bind(nextSource++, resolve));
    socket.send("hello", port, host);
    return await arrives(once(socket, "message"));
  } finally {
    socket.close();
  }
}

async function echoes(socket: Socket): Promise<boolean> {
  const answer = once(socket, "data");
  socket.write("hello");
  return arrives(answer);
}

async function arrives(answer: Promise<unknown>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), timeoutMs));
  return Promise.race([answer.then(() => true).catch(() => false), late]);
}
