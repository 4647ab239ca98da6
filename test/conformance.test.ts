import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRule } from "../src/scenario/relay-rule.ts";
import { echo } from "../src/server/modes/echo.ts";
import {
  allCases,
  type Case,
  limits,
  type Result,
  runCases,
  SMALL,
  type Verdict,
} from "./helpers/conformance/index.ts";
import { startListener } from "./helpers/listener.ts";
import {
  hasPythonWebsockets,
  type PythonServer,
  startPythonServer,
} from "./helpers/python-server.ts";
import { startRelay } from "./helpers/relay.ts";
import { echoBack, wsServer } from "./helpers/ws-peers.ts";

const CASES = allCases(SMALL);

/** One of many that differ in their lengths alone. */
const takesLong = ({ id }: Case): boolean => /^(?:9|12|13)\.\d+\.(?!1$)/.test(id);
const QUICK = CASES.filter((one) => !takesLong(one));

/** Of texts that differ in their octets alone, and of windows, a relay gets some. */
const RELAYED = QUICK.filter(({ id }) => !/^(?:6\.(?:[5-9]|\d\d)\.(?!1$)|W\..*alone)/.test(id));
/** Runs of hundreds of connections, on machines that do much else. */
const TIMEOUT_MS = 60_000;

/** The numbers of the cases that ended so, with what came where that is wrong. */
function ended(results: readonly Result[], verdict: Verdict): string[] {
  return results
    .filter((one) => one.verdict === verdict)
    .map(({ id, title, came }) => (verdict === "NON-STRICT" ? id : `${id} ${title}: ${came}`));
}

it("echo passes every case", { timeout: TIMEOUT_MS }, async () => {
  const { url } = await startListener(echo, { serve: { deflate: {} } });
  const results = await runCases(url, CASES);
  expect(ended(results, "FAILED")).toEqual([]);
  expect(ended(results, "UNIMPLEMENTED")).toEqual([]);
  expect(ended(results, "NON-STRICT")).toEqual([]);
});

it("echo keeps to a limit of the length of messages", async () => {
  const maxMessageLength = 64 * 1024;
  const { url } = await startListener(echo, { serve: { deflate: {}, maxMessageLength } });
  const results = await runCases(url, limits(maxMessageLength));
  expect(results.filter(({ verdict }) => verdict !== "OK")).toEqual([]);
});

it("a relay changes nothing that comes back, judging or not", { timeout: TIMEOUT_MS }, async () => {
  const { url } = await startListener(echo, { serve: { deflate: {} } });
  const direct = await runCases(url, RELAYED);
  const blind = await startRelay(url, { frames: false });
  expect(await runCases(blind.url, RELAYED)).toEqual(direct);
  const rules = { hold: [await parseRule("/never to be seen/", "--hold")] };
  const judging = await startRelay(url, { rules });
  expect(await runCases(judging.url, RELAYED)).toEqual(direct);
});

describe("servers that others wrote pass, but for what is known of them", () => {
  it("ws", async () => {
    const { url } = await wsServer(echoBack, { perMessageDeflate: true });
    const results = await runCases(url, QUICK);
    expect(ended(results, "FAILED")).toEqual([
      "H.16 no Host: the request was accepted",
      "H.18 HTTP/1.0: the request was accepted",
      expect.stringMatching(/^N\.1\.3 a second offer behind one with an unknown .*: status 400$/),
      expect.stringMatching(/^N\.2\.5 a window with a leading zero: .*: agreed to /),
    ]);
    expect(ended(results, "UNIMPLEMENTED")).toEqual([]);
  });

  describe.skipIf(!hasPythonWebsockets)(
    "Debian's python3-websockets (skipped where it is not installed)",
    () => {
      let server: PythonServer;
      beforeAll(async () => {
        server = await startPythonServer();
      });
      afterAll(() => server.stop());

      it("and a window of 2^8, which its zlib refuses", async () => {
        const results = await runCases(server.url, QUICK);
        expect(ended(results, "FAILED").map((words) => words.split(" ")[0])).toEqual([
          "H.16",
          "W.server.8",
          "W.server.8.alone",
        ]);
        expect(ended(results, "UNIMPLEMENTED")).toEqual([]);
      });
    },
  );
});
