import type { Check } from "../scenario/checks.ts";
import type { ConnectResult } from "../scenario/smoke-result.ts";
import { type JunitCase, type JunitFailure, junitXml } from "./junit.ts";
import { isToldByChecks } from "./smoke-report.ts";

const CLASSNAME = "framecat.connect";

/** A smoke test as JUnit XML: a case for the connection, and one for each check. */
export function connectJunit(result: ConnectResult): string {
  const { url, startedAt, durationMs, checks } = result;
  return junitXml({
    name: "framecat connect",
    timestamp: startedAt,
    seconds: durationMs / 1000,
    properties: { url, ...propertiesOf(result) },
    cases: [connectionCase(result), ...checks.map((check) => checkCase(check, checks))],
  });
}

function propertiesOf({ handshake, close }: ConnectResult): Record<string, string> {
  return {
    ...(handshake && { remote: handshake.remote }),
    ...(handshake?.subprotocol !== undefined && { subprotocol: handshake.subprotocol }),
    ...(handshake && handshake.extensions !== "" && { extensions: handshake.extensions }),
    ...(close && { close: `${close.code} ${close.name}` }),
  };
}

function connectionCase(result: ConnectResult): JunitCase {
  const seconds = (result.statistics.meanConnectMs ?? result.durationMs) / 1000;
  return { name: "connection", classname: CLASSNAME, seconds, failure: connectionFailure(result) };
}

/** What a check says of itself is not the connection's failure too. */
function connectionFailure(result: ConnectResult): JunitFailure | undefined {
  const { failure, exitCode } = result;
  if (!failure || isToldByChecks(result)) return undefined;
  const message = `${failure.message} (exit ${exitCode})`;
  const hint = failure.hint === undefined ? [] : [failure.hint];
  return { message, text: [message, ...hint].join("\n") };
}

function checkCase(check: Check, checks: readonly Check[]): JunitCase {
  const { name, outcome, latencyMs = 0, got = "" } = check;
  const message = `expected ${name}; ${got}`;
  return {
    name: `expected ${name}${ordinal(check, checks)}`,
    classname: CLASSNAME,
    seconds: latencyMs / 1000,
    failure: outcome === "passed" ? undefined : { message, text: message },
  };
}

/** Cases of one name would be taken for one. */
function ordinal(check: Check, checks: readonly Check[]): string {
  const before = checks.slice(0, checks.indexOf(check));
  const alike = before.filter(({ name }) => name === check.name).length;
  return alike === 0 ? "" : ` (${alike + 1})`;
}
