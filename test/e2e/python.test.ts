import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { framecat } from "../helpers/binary.ts";
import {
  hasPythonWebsockets,
  type PythonServer,
  startPythonServer,
} from "../helpers/python-server.ts";

describe.skipIf(!hasPythonWebsockets)(
  "connect with Debian's python3-websockets (skipped where it is not installed)",
  () => {
    let server: PythonServer;
    beforeAll(async () => {
      server = await startPythonServer();
    });
    afterAll(() => server.stop());

    it("agrees on subprotocol and deflate, and every frame both ways is in order", async () => {
      const long = "a long line ".repeat(500);
      const { code, stdout, stderr } = await framecat(
        ["connect", server.url, "-s", "chat", "--format", "ndjson", "--eof", "linger=300ms"],
        `short\n${long}\n`,
      );
      expect([code, stderr]).toEqual([0, ""]);
      const events = stdout
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const told = (type: string) => events.filter((event) => event.type === type);
      expect(told("handshake")).toMatchObject([
        { subprotocol: "chat", acceptKeyValid: true, violations: [] },
      ]);
      expect(told("handshake")[0]?.extensions).toMatch(/^permessage-deflate/);
      expect(told("frame").flatMap(({ violations }) => violations)).toEqual([]);
      const replies = told("message").filter(({ dir }) => dir === "in");
      expect(replies.map(({ text }) => text)).toEqual(["short", long]);
      const inflated = told("frame").filter(({ inflatedLength }) => inflatedLength === long.length);
      expect(inflated.map(({ dir }) => dir)).toEqual(["out", "in"]);
      expect(told("close")).toMatchObject([{ code: 1000, initiator: "local", clean: true }]);
    });

    it("passes binary unchanged", async () => {
      const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
      const { code, stdout } = await framecat(
        ["connect", server.url, "--binary", "--eof", "linger=300ms"],
        bytes,
      );
      expect([code, stdout.equals(bytes)]).toEqual([0, true]);
    });
  },
);
