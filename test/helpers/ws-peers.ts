import { once } from "node:events";
import { onTestFinished } from "vitest";
import { type ClientOptions, type ServerOptions, WebSocket, WebSocketServer } from "ws";

/** The server of the ws package on a free port; `onSocket` gets each connection. */
export async function wsServer(
  onSocket: (socket: WebSocket) => void = () => undefined,
  options: Omit<ServerOptions, "port" | "host"> = {},
): Promise<{ readonly url: string; readonly clients: Set<WebSocket> }> {
  const server = new WebSocketServer({ ...options, port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  await once(server, "listening");
  onTestFinished(async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `ws://127.0.0.1:${port}/`, clients: server.clients };
}

/** An open client of the ws package. */
export async function wsClient(
  url: string,
  options: ClientOptions & { readonly protocols?: readonly string[] } = {},
): Promise<WebSocket> {
  const { protocols = [], ...rest } = options;
  const socket = new WebSocket(url, [...protocols], rest);
  socket.on("error", () => undefined);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

/** Sends each message back as it came. */
export function echoBack(socket: WebSocket): void {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
}

/** Keeps messages as `kind:text`, and resolves once there are so many. */
export function collect(socket: WebSocket): {
  readonly messages: { readonly data: Buffer; readonly isBinary: boolean }[];
  readonly until: (count: number) => Promise<void>;
} {
  const messages: { data: Buffer; isBinary: boolean }[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data, isBinary) => {
    messages.push({ data: data as Buffer, isBinary });
    for (const check of waiting) check();
  });
  return {
    messages,
    until: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (messages.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

/** The close code and reason, when they come. */
export async function closing(
  socket: WebSocket,
): Promise<{ readonly code: number; readonly reason: string }> {
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  return { code, reason: reason.toString() };
}
