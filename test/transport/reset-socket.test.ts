import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, it } from "vitest";
import { resetSocket } from "../../src/transport/reset-socket.ts";
import { certificate } from "../helpers/certificates.ts";
import { newFolder } from "../helpers/folder.ts";
import { openingRequest, rawServer, socketPair, startServer } from "../helpers/transport.ts";

it("is a TCP reset", async () => {
  const { here, there } = await socketPair();
  resetSocket(here);
  await there.close();
  expect(there.error?.code).toBe("ECONNRESET");
});

it("is one beneath TLS, too", async () => {
  const server = await startServer({ tls: await certificate() });
  const errors: (string | undefined)[] = [];
  // Between both sides, so that what happens to TCP is seen.
  const middle = await rawServer(({ socket }) => {
    const onward = connect(server.port, "127.0.0.1");
    onward.on("error", ({ code }: Error & { code?: string }) => errors.push(code));
    onward.on("close", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  const client = connectTls({ port: middle.port, host: "127.0.0.1", rejectUnauthorized: false });
  client.on("error", () => undefined).write(openingRequest());
  await once(client, "data");
  (await server.connection()).reset();
  await once(client, "close");
  const [event] = await server.log.count("close", 1);
  expect(event).toMatchObject({ code: 1006, initiator: "local" });
  expect(errors).toEqual(["ECONNRESET"]);
});

it("closes a unix socket", async () => {
  const path = newFolder()("socket");
  const server = await rawServer(({ socket }) => resetSocket(socket), { path });
  const client = connect(path);
  client.on("error", () => undefined);
  await once(client.resume(), "close");
  expect(server.peers).toHaveLength(1);
});
