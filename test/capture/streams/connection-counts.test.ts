import { expect, it } from "vitest";
import {
  countTlsFailure,
  newConnectionCounts,
} from "../../../src/capture/streams/connection-counts.ts";
import { fromClient, hear, Talk } from "../../helpers/talk.ts";

it("every connection is counted once, as what it is", async () => {
  const talks = [
    new Talk({ port: 1 }).open().client(fromClient("x")),
    new Talk({ port: 2 }).connect().client("GET / HTTP/1.1\r\n\r\n"),
    new Talk({ port: 3 }).connect().client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    new Talk({ port: 4 }).connect().server("SSH-2.0-x\r\n"),
    new Talk({ port: 5 }).connect().close(),
    new Talk({ port: 6 }).connect().client(Uint8Array.from([22, 3, 1, 0, 50, 1, 0, 0])),
  ];
  const { report } = await hear(talks.flatMap(({ packets }) => packets));
  expect(report.connections).toEqual({
    ...newConnectionCounts(),
    connections: 6,
    webSocket: 1,
    http: 1,
    http2: 1,
    other: 1,
    empty: 1,
    tlsWithoutKeys: 1,
  });
});

it("reasons are told apart as long as there are few", () => {
  const counts = newConnectionCounts();
  for (let i = 0; i < 20; i++) countTlsFailure(counts, `reason ${i % 10}`);
  expect(counts.tlsFailures.size).toBe(9);
  expect(counts.tlsFailures.get("reason 0")).toBe(2);
  expect(counts.tlsFailures.get("for other reasons")).toBe(4);
});
