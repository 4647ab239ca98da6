import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import { checkKeyLog } from "../../src/transport/key-log.ts";
import { openSocket } from "../../src/transport/open-socket.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { type Certificate, certificate } from "../helpers/certificates.ts";
import { file, folder } from "../helpers/temp-files.ts";
import { expectFailure, rawServer } from "../helpers/transport.ts";

describe("the session keys", () => {
  let own: Certificate;
  beforeAll(async () => {
    own = await certificate();
  });

  async function open(url: string, keyLogFile: string) {
    const tls = { insecure: true, keyLogFile };
    const options = { clock: systemClock, connectTimeoutMs: 5000, tls };
    const opened = await openSocket(parseTarget(url), options);
    onTestFinished(() => void opened.socket.destroy());
  }

  it("are appended, for the eyes of their owner", async () => {
    const { url } = await rawServer(undefined, { tls: own });
    const path = join(folder(), "keys");
    await open(url(), path);
    const first = readFileSync(path, "utf8");
    expect(first).toMatch(/^(?:[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]+\n)+$/);
    expect(first).toContain("CLIENT_TRAFFIC_SECRET_0 ");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await open(url(), path);
    const both = readFileSync(path, "utf8");
    expect(both.startsWith(first) && both.length > first.length).toBe(true);
  });

  it("that cannot be written end it before anything is sent", async () => {
    const { url, peers } = await rawServer(undefined, { tls: own });
    const failed = open(url(), join(file(""), "keys"));
    await expectFailure(failed, "usage", /^the file of SSLKEYLOGFILE cannot be written: ENOTDIR/);
    expect(peers).toEqual([]);
  });

  it("need no file where there is no TLS", async () => {
    const { url, peer } = await rawServer();
    await open(url(), "/does/not/exist/keys");
    expect((await peer()).closed).toBe(false);
  });
});

it("the file is made, and is not emptied", () => {
  const path = file("kept");
  checkKeyLog(path);
  expect(readFileSync(path, "utf8")).toBe("kept");
  expect(() => checkKeyLog(folder())).toThrow(/SSLKEYLOGFILE cannot be written: EISDIR/);
});
