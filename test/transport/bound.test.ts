import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { bound, cannotListen } from "../../src/transport/bound.ts";

const anywhere = { host: "127.0.0.1", port: 0 };

it("gives the server once it listens", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  expect(await bound(server, anywhere, "here", () => [""])).toBe(server);
  expect(server.listening).toBe(true);
  expect(server.listenerCount("error")).toBe(0);
});

it("says in our words why it does not", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await bound(server, anywhere, "here", () => [""]);
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const again = bound(createServer(), { ...anywhere, port }, "here", ({ code }) => [
    `it is ${code}`,
    "Go elsewhere.",
  ]);
  await expect(again).rejects.toMatchObject({
    code: "bind",
    exitCode: 17,
    message: "cannot listen on here: it is EADDRINUSE",
    hint: "Go elsewhere.",
    errno: "EADDRINUSE",
  });
});

it("a place may be refused before anything is tried", () => {
  expect(cannotListen("there", ["no"])).toMatchObject({
    code: "bind",
    message: "cannot listen on there: no",
    hint: undefined,
    errno: undefined,
  });
});
