import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Composed } from "../../src/bench/composer.ts";
import { type Exchange, MessageUser, PingUser } from "../../src/bench/exchange-user.ts";
import { encodeMessage } from "../../src/bench/outgoing-frame.ts";
import type { LoadModel } from "../../src/bench/result.ts";
import { seededRandom } from "../../src/seeded-random.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { parseOne } from "../helpers/frames.ts";
import { keyReaders, leadingNumber } from "../../src/scenario/matcher.ts";
import { numberedPayload } from "../../src/scenario/payload.ts";
import { utf8 } from "../helpers/bytes.ts";
import { anySteps, play } from "../helpers/load-steps.ts";
import { expectBooks, FakeConnection, FakeWorker } from "../helpers/load-user.ts";

const closed = (inFlight: number, thinkMs = 0): LoadModel => ({
  model: "closed",
  inFlight,
  thinkMs,
});
const OPEN: LoadModel = { model: "open", ratePerSecond: 1, per: "total", arrival: "constant" };

const encode: Exchange["encode"] = (opcode, payload, { deflate }) =>
  encodeMessage(opcode, payload, { maskKey: 7, deflate });

/** Messages such as `2:socket`. */
const compose = (socket: number, seq: number): Composed => {
  const payload = utf8(`${seq}:${socket}`);
  return { opcode: 1, payload, key: leadingNumber(payload), replies: 1 };
};
const BY_ORDER: Exchange = {
  compose: (socket, seq) => ({ ...compose(socket, seq), key: undefined }),
  encode,
  verify: false,
};
const BY_SEQ: Exchange = { compose, encode, keyOf: leadingNumber, verify: false };

let worker: FakeWorker;
let connection: FakeConnection;
let user: MessageUser;

/** A user that has started, and whose window is open. */
function begin(exchange: Exchange, model: LoadModel = closed(3)): void {
  worker = new FakeWorker(model);
  connection = new FakeConnection();
  user = new MessageUser(worker.context, exchange, 5);
  user.join(connection);
  worker.load.openWindow();
  user.start();
}

/** One read that brings messages. */
function reply(...texts: string[]): void {
  worker.now += 1;
  for (const text of texts) user.message(utf8(text), 1, false);
  user.received(texts.length, 10 * texts.length);
}

/** What of the ledger is not zero. */
function ledger() {
  return Object.fromEntries(Object.entries(worker.load.ledger).filter(([, count]) => count > 0));
}

describe("replies in order", () => {
  beforeEach(() => begin(BY_ORDER));

  it("settle the oldest message, and let the next ones go in one write", () => {
    expect(connection.writes).toHaveLength(1);
    expect(connection.takeTexts()).toEqual(["0:5", "1:5", "2:5"]);
    reply("a", "b");
    expect(connection.writes).toHaveLength(1);
    expect(connection.takeTexts()).toEqual(["3:5", "4:5"]);
    expect(ledger()).toEqual({ planned: 5, sent: 5, answered: 2 });
    expect([user.inFlight, worker.load.messagesIn, worker.load.bytesIn]).toEqual([3, 2, 20]);
  });

  it("are not expected where nothing was sent", () => {
    connection.close();
    reply("a", "b", "c", "d");
    expect(ledger()).toEqual({ planned: 3, sent: 3, answered: 3, unexpected: 1 });
  });

  it("are wrong where they differ and are compared", () => {
    begin({ ...BY_ORDER, verify: true });
    reply("0:5", "x", "2:5");
    expect(ledger()).toEqual({ planned: 6, sent: 6, answered: 2, wrong: 1 });
  });

  it("are wrong where they do not inflate", () => {
    user.message(utf8("\xff\xff"), 1, true);
    user.received(1, 2);
    expect(ledger()).toEqual({ planned: 4, sent: 4, wrong: 1 });
  });

  it("are inflated where they came compressed", () => {
    begin({ ...BY_ORDER, verify: true });
    const frame = encodeMessage(1, utf8("0:5"), { maskKey: 0, deflate: true });
    user.message(parseOne(frame, { deflate: true }).payload, 1, true);
    expect(ledger()).toMatchObject({ answered: 1 });
  });
});

describe("replies with a key", () => {
  beforeEach(() => begin(BY_SEQ));

  it("settle their message, whatever came before", () => {
    worker.now = 5;
    reply("2:5");
    worker.now = 9;
    reply("0:5", "1:5");
    expect(ledger()).toEqual({ planned: 6, sent: 6, answered: 3, reordered: 2 });
    expect(worker.rangeMs("latency")).toEqual([5, 9]);
  });

  it("that come twice are duplicates", () => {
    reply("0:5", "0:5", "1:5");
    reply("1:5");
    expect(ledger()).toEqual({ planned: 5, sent: 5, answered: 2, duplicated: 2 });
  });

  it("that nothing was sent for are not expected", () => {
    reply("77:5", "none");
    expect(ledger()).toEqual({ planned: 3, sent: 3, unexpected: 2 });
  });
});

describe("messages of one key", () => {
  it("all wait, and are settled oldest first", () => {
    const same = { ...BY_SEQ, compose: () => ({ ...compose(0, 0), key: "k" }), keyOf: () => "k" };
    begin(same, closed(3));
    worker.load.stop();
    expect(user.inFlight).toBe(3);
    reply("x", "x");
    expect([ledger(), user.inFlight]).toEqual([{ planned: 3, sent: 3, answered: 2 }, 1]);
    connection.end(user);
    expect([ledger(), worker.drains]).toEqual([{ planned: 3, sent: 3, answered: 2, lost: 1 }, 1]);
  });
});

describe("replies that are altered", () => {
  const numbered: Exchange = {
    ...BY_SEQ,
    compose: (_, seq) => ({ opcode: 1, payload: numberedPayload(seq, 30), key: seq, replies: 1 }),
    verify: true,
  };
  const text = (seq: number) => numberedPayload(seq, 30).toString();
  beforeEach(() => begin(numbered));

  it.each([
    ["in what follows the key", text(1).replace("b", "X")],
    ["in the key, to none", text(1).replace("0", "X")],
    ["in the key, to one that is in flight", text(1).replace("1", "2")],
    ["in the key, to one that was answered", text(1).replace("1", "0")],
    ["in the key, to one that will be", text(1).replace("1", "9")],
    ["in their length", text(1).slice(0, -1)],
  ])("%s are wrong for the message that they are most like", (_, altered) => {
    reply(text(0));
    reply(altered);
    reply(text(1), text(2));
    expect(ledger()).toEqual({ planned: 6, sent: 6, answered: 2, wrong: 1, duplicated: 1 });
  });

  it("are not expected where nothing is in flight", () => {
    connection.close();
    reply(text(0), text(1), text(2), text(1).replace("b", "X"));
    expect(ledger()).toEqual({ planned: 3, sent: 3, answered: 3, unexpected: 1 });
  });
});

describe("messages that need no reply", () => {
  const silent = {
    ...BY_SEQ,
    compose: (socket: number, seq: number) => ({ ...compose(socket, seq), replies: 0 }),
  };

  it("are settled when they are sent, and the next one comes in a later turn", () => {
    begin(silent, closed(1));
    expect([ledger(), user.inFlight]).toEqual([{ planned: 1, sent: 1, answered: 1 }, 0]);
    worker.pump();
    expect(connection.takeTexts()).toEqual(["0:5"]);
    worker.now += 1;
    worker.pump();
    expect(connection.takeTexts().length).toBeGreaterThan(0);
    expect([worker.load.unawaited, worker.recorded("latency")]).toEqual([ledger()["answered"], 0]);
  });

  it("are sent before the last of them ends the run", () => {
    begin(silent, OPEN);
    worker.onDrained = () => connection.close();
    worker.load.openWindow(2);
    for (let i = 0; i < 3; i++) user.plan(worker.now);
    user.flush(worker.now);
    expect(connection.takeTexts()).toEqual(["0:5", "1:5"]);
    expect([connection.state, ledger()]).toEqual(["CLOSING", { planned: 2, sent: 2, answered: 2 }]);
  });
});

it("waits for all replies where a message has several", () => {
  begin({
    ...BY_ORDER,
    compose: (socket, seq) => ({ ...compose(socket, seq), key: undefined, replies: 2 }),
  });
  reply("a");
  expect(ledger()).toEqual({ planned: 3, sent: 3 });
  worker.now = 9;
  reply("b", "c");
  expect(ledger()).toEqual({ planned: 4, sent: 4, answered: 1 });
  expect(worker.rangeMs("latency")).toEqual([9, 9]);
});

describe("the pace", () => {
  it("may be a pause after each reply", () => {
    begin(BY_SEQ, closed(1, 10));
    expect([connection.takeTexts(), worker.agenda.next]).toEqual([["0:5"], Infinity]);
    worker.now = 11;
    reply("0:5");
    expect([connection.takeTexts(), worker.agenda.next]).toEqual([[], 22]);
    worker.now = 22;
    worker.pump();
    expect(connection.takeTexts()).toEqual(["1:5"]);
  });

  it("may be that of a recording, counted from the message before", () => {
    begin({ ...BY_SEQ, gapMs: (seq) => [5, 20, 1][seq] ?? 0 }, closed(1));
    const sentAt: number[] = [];
    for (; worker.now < 60; worker.now += 1) {
      worker.pump();
      for (const text of connection.takeTexts()) {
        sentAt.push(worker.now);
        worker.now += 3;
        user.message(utf8(text), 1, false);
        user.received(1, 1);
      }
      if (sentAt.length > 2) worker.load.stop();
    }
    // The reply to the second message, at 29, comes later than the third one was due; it is seen next.
    expect(sentAt.slice(0, 3)).toEqual([6, 26, 30]);
  });
});

describe("sending", () => {
  it("takes what is held in writes of a sensible size", () => {
    const payload = Buffer.alloc(30_000);
    begin(
      { ...BY_ORDER, compose: () => ({ opcode: 2, payload, key: undefined, replies: 1 }) },
      closed(7),
    );
    const frame = 30_008;
    expect(connection.writes.map(({ length }) => length / frame)).toEqual([3, 3, 1]);
    expect(worker.load.bytesOut).toBe(7 * frame);
  });

  it("holds back while the peer does not take it", () => {
    begin(BY_SEQ, OPEN);
    connection.congested = true;
    user.plan(worker.now);
    user.flush(worker.now);
    reply("none");
    expect([connection.takeTexts(), expectBooks(worker, [user])]).toEqual([[], { held: 1 }]);
    connection.relieve(user);
    expect(connection.takeTexts()).toEqual(["0:5"]);
  });

  it("begins with greetings, which are no messages of the load", () => {
    begin(
      {
        ...BY_SEQ,
        greetings: (socket) => [encode(1, utf8(`hello ${socket}`), { deflate: false })],
      },
      closed(1),
    );
    expect(connection.takeTexts()).toEqual(["hello 5", "0:5"]);
    expect([worker.load.messagesOut, worker.load.bytesOut]).toEqual([1, 13 + 9]);
  });
});

const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

describe("pings", () => {
  const pinging: Exchange = {
    compose: (_, seq) => ({ opcode: 9, payload: utf8(String(seq)), key: seq, replies: 1 }),
    encode,
    keyOf: leadingNumber,
    verify: false,
    settlesEarlier: true,
    forgets: true,
  };
  let pinger: PingUser;
  const start = (exchange: Exchange, model: LoadModel): void => {
    worker = new FakeWorker(model);
    connection = new FakeConnection();
    pinger = new PingUser(worker.context, exchange, 0);
    pinger.join(connection);
    worker.load.openWindow();
    pinger.start();
  };
  const pong = (text: string): void => {
    worker.now += 1;
    pinger.pong(utf8(text));
    pinger.received(1, 3);
  };

  it("are answered by pongs, and messages are nothing to them", () => {
    start(pinging, closed(1));
    expect(connection.takeFrames().map(({ header }) => header.opcode)).toEqual([9]);
    pinger.received(4, 100);
    pong("0");
    expect(ledger()).toEqual({ planned: 2, sent: 2, answered: 1 });
    expect([worker.load.messagesIn, worker.load.bytesIn]).toEqual([1, 103]);
  });

  it("before the one that is answered are lost", () => {
    start(pinging, closed(3));
    pong("1");
    expect(ledger()).toEqual({ planned: 4, sent: 4, answered: 1, lost: 1 });
    pong("0");
    pong("77");
    expect(ledger()).toEqual({
      planned: 4,
      sent: 4,
      answered: 1,
      lost: 1,
      unexpected: 2,
    });
  });

  it("tell a heart that does not beat: the next one is due and the last one has no answer", async () => {
    start({ ...pinging, beats: true }, OPEN);
    const beat = (): void => {
      worker.now += 10;
      pinger.plan(worker.now);
      pinger.flush(worker.now);
    };
    beat();
    pong("0");
    beat();
    beat();
    await turnOfTheLoop();
    expect(connection.state).toBe("CLOSING");
    connection.end(pinger, { code: 1006, reason: "", initiator: "local", clean: false });
    expect(worker.closes.map(([, , cause]) => cause)).toEqual(["heartbeat"]);
    expect(ledger()).toEqual({ planned: 3, sent: 2, answered: 1, lost: 1, unsent: 1 });
  });

  it("whose pong came while we were late ourselves are no loss of the peer", async () => {
    start({ ...pinging, beats: true }, OPEN);
    for (const dueAt of [10, 20]) {
      worker.now = dueAt;
      pinger.plan(dueAt);
      pinger.flush(dueAt);
    }
    expect(connection.takeTexts()).toEqual(["0"]);
    pong("0");
    await turnOfTheLoop();
    expect(connection.state).toBe("OPEN");
    expect(connection.takeTexts()).toEqual(["1"]);
  });

  it("have as service times those of a client that would wait for each pong", () => {
    start(pinging, OPEN);
    for (const dueAt of [10, 20, 30]) {
      worker.now = dueAt;
      pinger.plan(dueAt);
      pinger.flush(dueAt);
    }
    worker.now = 39;
    for (const text of ["0", "1", "2"]) pong(text);
    expect([worker.recorded("latency"), worker.recorded("service")]).toEqual([3, 1]);
    expect(worker.rangeMs("service")).toEqual([30, 30]);
  });

  it("are lost when they take too long, and a late pong is known for what it is", () => {
    start({ ...pinging, forgets: false }, closed(1));
    worker.now = 100;
    pinger.expire(50);
    expect(connection.takeTexts()).toEqual(["0", "1"]);
    expect(ledger()).toEqual({ planned: 2, sent: 2, lost: 1 });
    pong("0");
    pong("1");
    expect(ledger()).toMatchObject({ lost: 1, answered: 1, unexpected: 1 });
  });

  it("that were due while the process was busy are no loss of the peer", () => {
    start({ ...pinging, beats: true }, OPEN);
    worker.now = 30;
    pinger.plan(10);
    pinger.plan(20);
    pinger.flush(30);
    expect(connection.takeTexts()).toEqual(["0", "1"]);
  });
});

describe("whatever happens in whatever order", () => {
  const composers = fc.constantFrom<Exchange["compose"]>(
    compose,
    (socket, seq) => compose(socket, seq % 3),
    (socket, seq) => ({ ...compose(socket, seq), replies: seq % 3 }),
    (socket, seq) =>
      seq % 4 === 0
        ? { ...compose(socket, seq), key: undefined, replies: 0 }
        : compose(socket, seq),
  );
  const exchanges = fc.record({
    compose: composers,
    keyOf: fc.constantFrom(leadingNumber, undefined),
    verify: fc.boolean(),
    settlesEarlier: fc.boolean(),
    beats: fc.boolean(),
    gapMs: fc.constantFrom(undefined, (seq: number) => seq % 3),
  });
  const models = fc.oneof(
    fc.record({
      model: fc.constant("closed" as const),
      inFlight: fc.integer({ min: 1, max: 9 }),
      thinkMs: fc.constantFrom(0, 3),
    }),
    fc.constant(OPEN),
  );
  /** What becomes of a reply: itself, altered, or another one. */
  const faults = fc.array(fc.constantFrom("", "", "x", "1", "?"), { minLength: 1, maxLength: 7 });

  it("the books are kept", () => {
    fc.assert(
      fc.property(exchanges, models, anySteps, faults, (exchange, model, steps, altered) => {
        worker = new FakeWorker(model);
        connection = new FakeConnection();
        user = new MessageUser(worker.context, { ...exchange, encode }, 5);
        user.join(connection);
        user.start();
        const taken: string[] = [];
        const answer = (from: number, count: number): void => {
          taken.push(...connection.takeTexts());
          const texts = taken.slice(Math.max(0, taken.length - 8 + from)).slice(0, count);
          reply(...texts.map((text, i) => text + altered[i % altered.length]!));
        };
        play(steps, { worker, user, connection, reply: answer });
        taken.push(...connection.takeTexts());
        expect(worker.load.messagesOut).toBe(taken.length);
        const { answered } = worker.load.ledger;
        expect(worker.recorded("latency")).toBe(answered - worker.load.unawaited);
      }),
      { numRuns: 500 },
    );
  });
});

/** A peer that drops, repeats, alters and holds back a share of its replies, and counts what it did. */
class BadPeer {
  readonly done = { dropped: 0, duplicated: 0, altered: 0, late: 0, sent: 0 };
  readonly #random: () => number;
  /** How many characters of the key may be altered. */
  readonly #reach: number;
  #held: string | undefined;

  constructor(random: () => number, reach: number) {
    this.#random = random;
    this.#reach = reach;
  }

  /** What comes back for a message. */
  answer(text: string): string[] {
    const draw = this.#random();
    this.done.sent += 1;
    if (draw < 0.05) return this.#count("dropped", []);
    if (draw < 0.1) return this.#count("duplicated", [text, text]);
    if (draw < 0.15) return this.#count("altered", [this.#alter(text)]);
    if (this.#held !== undefined) return this.#count("late", [text, ...this.rest()]);
    if (draw >= 0.2) return [text];
    this.#held = text;
    return [];
  }

  rest(): string[] {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [] : [held];
  }

  #count(what: keyof BadPeer["done"], replies: string[]): string[] {
    this.done[what] += 1;
    return replies;
  }

  /** One character of the key is another, which no message has. */
  #alter(text: string): string {
    const at = text.search(/\d/) + Math.floor(this.#random() * this.#reach);
    return `${text.slice(0, at)}#${text.slice(at + 1)}`;
  }
}

describe("a peer that errs a known number of times is counted exactly", () => {
  const payloadOf = {
    seq: (seq: number) => numberedPayload(seq, 40),
    json: (seq: number) =>
      Buffer.from(JSON.stringify({ id: `${seq}-${seq * 7919}`, pad: "abcdef" })),
  };

  it.each([
    ["seq", true, 1],
    ["seq", true, 2],
    ["seq", false, 3],
    ["json", true, 4],
    ["json", false, 5],
  ] as const)("by %s, compared: %s (seed %i)", async (by, verify, seed) => {
    const random = seededRandom(seed);
    const match = by === "seq" ? { by } : { by, request: "$.id", reply: "$.id" };
    const reader = (await keyReaders(match, "--match"))!;
    const make = (_: number, seq: number): Composed => {
      const payload = payloadOf[by](seq);
      return { opcode: 1, payload, key: reader.request(payload), replies: 1 };
    };
    begin({ compose: make, encode, keyOf: reader.reply, verify }, OPEN);
    const peer = new BadPeer(random, verify ? 3 : 1);
    for (let round = 0; round < 2000; round++) {
      for (let i = Math.floor(random() * 8); i >= 0; i--) user.plan(worker.now);
      user.flush(worker.now);
      for (const text of connection.takeTexts()) reply(...peer.answer(text));
    }
    reply(...peer.rest());
    connection.end(user);
    const { dropped, duplicated, altered, late, sent } = peer.done;
    expect(worker.load.ledger).toEqual({
      planned: sent,
      unsent: 0,
      sent,
      answered: sent - dropped - altered,
      wrong: verify ? altered : 0,
      lost: verify ? dropped : dropped + altered,
      duplicated,
      reordered: late,
      unexpected: verify ? 0 : altered,
    });
  });
});

it("remembers little of a run of any length", () => {
  begin({ ...BY_SEQ, verify: true }, closed(1));
  for (let seq = 0; seq < 3000; seq++) reply(`${seq}:5`);
  reply("2999:5", "1000:5");
  expect(ledger()).toMatchObject({ answered: 3000, duplicated: 1, wrong: 1 });
});

it("has frames of its own for each message", () => {
  begin(BY_SEQ, closed(2));
  const [bytes] = connection.writes;
  expect(bytes).toEqual(
    Buffer.concat(
      [0, 1].map((seq) => encodeFrame({ opcode: 1, maskKey: 7, payload: utf8(`${seq}:5`) })),
    ),
  );
});

it("compresses where its server takes that", () => {
  worker = new FakeWorker(closed(1));
  connection = Object.assign(new FakeConnection(), { deflate: true });
  user = new MessageUser(worker.context, BY_SEQ, 5);
  user.join(connection);
  user.start();
  expect(connection.takeFrames().map(({ header }) => header.rsv1)).toEqual([true]);
});
