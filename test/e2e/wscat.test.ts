import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { start, startListen, stop } from "../helpers/binary.ts";

const WSCAT = fileURLToPath(new URL("../../node_modules/wscat/bin/wscat", import.meta.url));

it("wscat talks to listen: subprotocol, message, echo, close", async () => {
  const server = await startListen("--format", "ndjson");
  const args = [WSCAT, "-c", server.url, "-s", "chat", "-x", "hello from wscat", "-w", "1"];
  const client = await start(process.execPath, args).finished;
  const { stderr } = await stop(server);
  expect(client.stdout.toString()).toContain("hello from wscat");
  const events = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const told = (type: string) => events.filter((event) => event.type === type);
  expect(told("handshake")).toMatchObject([{ subprotocol: "chat", violations: [] }]);
  expect(told("message")).toMatchObject([
    { dir: "in", kind: "text", text: "hello from wscat" },
    { dir: "out", kind: "text", text: "hello from wscat" },
  ]);
  expect(told("frame").flatMap(({ violations }) => violations)).toEqual([]);
  expect(told("close")).toMatchObject([{ initiator: "peer", clean: true }]);
});
