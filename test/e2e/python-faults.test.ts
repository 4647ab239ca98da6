import { describe, expect, it } from "vitest";
import { parseFaults } from "../../src/server/faults/parse-fault.ts";
import { echo } from "../../src/server/modes/echo.ts";
import { startListener } from "../helpers/listener.ts";
import { hasPythonWebsockets, visitWithPython } from "../helpers/python-server.ts";

const ALL = ["one", "two", "three"];

/** What Debian's python3-websockets makes of each fault: what it gets, and how it ends. */
const OUTCOMES: readonly (readonly [fault: string, outcome: object])[] = [
  ["mask@2msgs", { texts: ["one"], sent: 1002 }],
  ["rsv1@2msgs", { texts: ["one"], sent: 1002 }],
  ["rsv3@2msgs", { texts: ["one"], sent: 1002 }],
  ["opcode=3@2msgs", { texts: ["one"], sent: 1002 }],
  ["opcode=cont@2msgs", { texts: ["one"], sent: 1002 }],
  ["bad-utf8@2msgs", { texts: ["one"], sent: 1007 }],
  ["close=1006@2msgs", { texts: ["one", "two"], sent: 1002 }],
  ["close=4000@2msgs", { texts: ["one", "two"], code: 4000 }],
  ["half-close@2msgs", { texts: ["one", "two"], code: 1006 }],
  ["reset@2msgs", { texts: ["one", "two"], code: 1006 }],
  ["wrong-accept", { texts: [], error: "InvalidHeaderValue" }],
  ["stall-handshake", { texts: [], error: "TimeoutError" }],
  ["no-pong", { texts: ALL, error: "no pong", code: 1000 }],
  ["no-close", { texts: ALL, error: null, code: 1006 }],
  ["drop@2msgs", { texts: ["one", "three"], error: "no message", code: 1000 }],
  ["duplicate@1msg", { texts: ["one", "one", "two"], code: 1000 }],
  ["reorder@2msgs", { texts: ["one", "three", "two"], code: 1000 }],
  ["fragment=1B", { texts: ALL, code: 1000 }],
  ["split=1B", { texts: ALL, code: 1000 }],
  ["coalesce=5ms", { texts: ALL, code: 1000 }],
  ["latency=10ms±10ms", { texts: ALL, code: 1000 }],
  ["bandwidth=1KiB/s", { texts: ALL, code: 1000 }],
];

/** Faults that a client only comes out of by giving up. */
const NEVER_ENDING = /^(?:stall-handshake|no-pong|no-close|drop)/;

describe.skipIf(!hasPythonWebsockets)(
  "python3-websockets as a client of a server that errs",
  () => {
    it("does what is to be done about each fault", async () => {
      const visits = await Promise.all(
        OUTCOMES.map(async ([fault]) => {
          const faults = { faults: parseFaults([fault], "--fault"), seed: 1 };
          const { url } = await startListener(echo, { faults });
          return { url, patienceS: NEVER_ENDING.test(fault) ? 0.3 : 10 };
        }),
      );
      const outcomes = await visitWithPython(visits);
      const byFault = Object.fromEntries(OUTCOMES.map(([fault], i) => [fault, outcomes[i]]));
      expect(byFault).toMatchObject(Object.fromEntries(OUTCOMES));
    });
  },
);
