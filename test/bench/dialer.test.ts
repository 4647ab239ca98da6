import { describe, expect, it, onTestFinished } from "vitest";
import { Dialer } from "../../src/bench/dialer.ts";
import { Recordings } from "../../src/bench/recordings.ts";
import type { LoadConnection, User } from "../../src/bench/user.ts";
import { FramecatError } from "../../src/errors.ts";
import { systemClock, systemRandom } from "../../src/io.ts";
import type { LeanDialOptions } from "../../src/transport/lean-dial.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { echoServer } from "../helpers/bench.ts";
import { freePort, rawServer } from "../helpers/transport.ts";

function dialerTo(url: string, make?: (socket: number) => LeanDialOptions) {
  const abort = new AbortController();
  const options: LeanDialOptions = {
    target: parseTarget(url),
    clock: systemClock,
    random: systemRandom,
    signal: abort.signal,
    connectTimeoutMs: 5000,
    handshakeTimeoutMs: 5000,
  };
  const recordings = new Recordings();
  const dialer = new Dialer(make ?? (() => options), recordings, abort);
  return { dialer, recordings };
}

function idleUser(): User & { connection: LoadConnection | undefined } {
  const user = {
    connection: undefined as LoadConnection | undefined,
    inFlight: 0,
    join: (connection: LoadConnection): void => {
      user.connection = connection;
    },
    start: () => undefined,
    plan: () => undefined,
    flush: () => undefined,
    drained: () => undefined,
    received: () => undefined,
    closed: () => undefined,
  };
  onTestFinished(() => user.connection?.destroy());
  return user;
}

describe("a dialer", () => {
  it("opens a socket for a user, and times it by phase", async () => {
    const { dialer, recordings } = dialerTo((await echoServer()).url);
    const user = idleUser();
    const dialing = dialer.dial(user, 0);
    expect(dialer.counts).toMatchObject({ attempted: 1, underWay: 1 });
    expect(await dialing).toBe("opened");
    expect(user.connection?.state).toBe("OPEN");
    expect(dialer.counts).toEqual({ attempted: 1, opened: 1, failed: 0, aborted: 0, underWay: 0 });
    expect(
      ["handshake", "tcp", "upgrade", "tls"].map((name) => recordings.of(name as "tls").total),
    ).toEqual([1, 1, 1, 0]);
    expect(dialer.isHopeless).toBe(false);
  });

  it("counts why others failed", async () => {
    const { dialer, recordings } = dialerTo(`ws://127.0.0.1:${await freePort()}/`);
    expect(await dialer.dial(idleUser(), 0)).toBe("failed");
    expect(dialer.refusals.list()).toMatchObject([{ kind: "refused", count: 1 }]);
    expect(dialer.counts).toMatchObject({ attempted: 1, failed: 1, underWay: 0 });
    expect(recordings.names()).toEqual([]);
  });

  it("counts an address that cannot be made as a failure of its socket", async () => {
    const { dialer } = dialerTo("ws://127.0.0.1:1/", (socket) => {
      throw new FramecatError("usage", `no row for ${socket}`);
    });
    expect(await dialer.dial(idleUser(), 7)).toBe("failed");
    expect(dialer.refusals.list()).toMatchObject([{ kind: "other", message: "no row for 7" }]);
  });

  it("does not hide a defect", async () => {
    const { dialer } = dialerTo("ws://127.0.0.1:1/", () => {
      throw new TypeError("defect");
    });
    await expect(dialer.dial(idleUser(), 0)).rejects.toThrow("defect");
    expect(dialer.counts.underWay).toBe(0);
  });

  it("ends what is under way, and waits no longer", async () => {
    const server = await rawServer();
    const { dialer } = dialerTo(server.url());
    const [dialing, waiting] = [dialer.dial(idleUser(), 0), dialer.wait(60_000)];
    await server.peer();
    expect(dialer.isAborted).toBe(false);
    dialer.abort();
    expect(await dialing).toBe("aborted");
    await waiting;
    await dialer.wait(60_000);
    expect([dialer.isAborted, dialer.isHopeless]).toEqual([true, false]);
    expect(dialer.counts).toMatchObject({ attempted: 1, aborted: 1, failed: 0, underWay: 0 });
  });
});

describe("hope is gone", () => {
  it("with a name that does not resolve", async () => {
    const { dialer } = dialerTo("ws://nosuch.invalid/");
    await dialer.dial(idleUser(), 0);
    expect(dialer.isHopeless).toBe(true);
  });

  it.each([
    [99, false],
    [100, true],
  ])("after %i refusals: %j, and never where one opened", async (count, hopeless) => {
    const { dialer } = dialerTo((await echoServer()).url);
    dialer.refusals.add({ kind: "refused", code: "unreachable", message: "refused" }, count);
    expect(dialer.isHopeless).toBe(hopeless);
    await dialer.dial(idleUser(), 0);
    expect(dialer.isHopeless).toBe(false);
  });
});
