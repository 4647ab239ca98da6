import { describe, expect, it } from "vitest";
import { Composer, type MessagePlan } from "../../src/bench/composer.ts";
import { CountingUser } from "../../src/bench/counting-user.ts";
import { type Crew, makeCrew } from "../../src/bench/crew.ts";
import { MessageUser, PingUser } from "../../src/bench/exchange-user.ts";
import { FanoutUser } from "../../src/bench/fanout-user.ts";
import { ListeningUser } from "../../src/bench/listening-user.ts";
import { type BenchPlan, splitPlan } from "../../src/bench/plan.ts";
import { seededRandom } from "../../src/seeded-random.ts";
import type { User } from "../../src/bench/user.ts";
import { FramecatError } from "../../src/errors.ts";
import { hex, utf8 } from "../helpers/bytes.ts";
import { benchPlan, dialPlan, openModel, type PlanOverrides } from "../helpers/bench.ts";
import { FakeConnection, FakeWorker } from "../helpers/load-user.ts";

const MASK = 0x01020304;
const DEFLATE = dialPlan("ws://127.0.0.1:1/", { deflate: true });

async function crewOf(given: PlanOverrides = {}, message: Partial<MessagePlan> = {}) {
  const base = benchPlan(given);
  const plan: BenchPlan = { ...base, message: { ...base.message, ...message } };
  const worker = new FakeWorker(plan.load);
  worker.load.openWindow();
  const composer = await Composer.create(plan.message, seededRandom(1));
  const [part] = splitPlan(plan);
  const parts = { plan: part!, context: worker.context, composer, maskKey: MASK, clockOffsetMs: 0 };
  return { worker, crew: await makeCrew(parts) };
}

/** A user on its open socket, which has started. */
function begin(crew: Crew, socket = 0, agreed = {}): { user: User; connection: FakeConnection } {
  const user = crew.makeUser(socket);
  const connection = Object.assign(new FakeConnection(), agreed);
  user.join(connection);
  user.start(1);
  return { user, connection };
}

describe("echo", () => {
  it.each<[string, PlanOverrides, Partial<MessagePlan>, unknown]>([
    ["counts replies to what is always the same", {}, {}, CountingUser],
    ["also in the open model", { load: openModel(5) }, {}, CountingUser],
    ["looks into replies to compare them", {}, { verify: true }, MessageUser],
    ["looks into them for their number", {}, { match: { by: "seq" } }, MessageUser],
    [
      "makes each message where they differ",
      {},
      { contents: [{ weight: 1, content: { type: "template", text: "{{seq}}" } }] },
      MessageUser,
    ],
    ["greets first", {}, { onOpen: ["hi"] }, MessageUser],
  ])("%s", async (_, given, message, kind) => {
    const { crew } = await crewOf(given, message);
    expect(crew.makeUser(0)).toBeInstanceOf(kind);
    expect([crew.sends, crew.stream, crew.own]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ["text", 1],
    ["binary", 2],
  ] as const)("sends %s, masked, compressed where the server takes that", async (kind, opcode) => {
    for (const verify of [false, true]) {
      const { crew } = await crewOf({ dial: DEFLATE }, { kind, verify });
      for (const deflate of [true, false]) {
        const [frame] = begin(crew, 0, { deflate }).connection.takeFrames();
        const { opcode: sent, rsv1, maskKey } = frame!.header;
        expect([sent, rsv1, maskKey]).toEqual([opcode, deflate, MASK]);
      }
    }
  });

  it("sends as many together as may be due", async () => {
    const closed = await crewOf({ load: { model: "closed", inFlight: 5, thinkMs: 0 } });
    expect(begin(closed.crew).connection.writes).toHaveLength(1);
    const open = await crewOf({ load: openModel(5) });
    const { user, connection } = begin(open.crew);
    for (let i = 0; i < 300; i++) user.plan(1);
    user.flush(1);
    expect(connection.writes).toHaveLength(2);
  });

  it("finds replies by the path that is theirs", async () => {
    const match = { by: "json", request: "$.id", reply: "$.to" } as const;
    const contents = [
      { weight: 1, content: { type: "template", text: '{"id":{{seq}}}' } },
    ] as const;
    const { crew, worker } = await crewOf({}, { match, contents });
    const { user } = begin(crew);
    user.message?.(utf8('{"to":0}'), 1, false);
    user.message?.(utf8('{"id":1}'), 1, false);
    expect(worker.load.ledger).toMatchObject({ answered: 1, unexpected: 1 });
  });

  it.each([
    ["keeps the pace of a recording", 0, [6, 11]],
    ["but not where a pause was asked for", 40, [Infinity, 46]],
  ])("%s", async (_, thinkMs, expected) => {
    const recording = [{ kind: "text", payload: utf8("x"), gapMs: 5, replies: 1 }] as const;
    const { crew, worker } = await crewOf(
      { load: { model: "closed", inFlight: 1, thinkMs } },
      { recording },
    );
    const { user } = begin(crew);
    const first = worker.agenda.next;
    worker.now = 6;
    worker.pump();
    user.message?.(utf8("x"), 1, false);
    expect([first, worker.agenda.next]).toEqual(expected);
  });
});

describe.each(["ping", "hold"] as const)("%s", (measure) => {
  it("sends pings that hold their number, and knows their pongs", async () => {
    const { crew, worker } = await crewOf({ measure, load: openModel(1) });
    const { user, connection } = begin(crew);
    expect(user).toBeInstanceOf(PingUser);
    for (let i = 0; i < 2; i++) {
      user.plan(1);
      user.flush(1);
      const [frame] = connection.takeFrames();
      expect([frame!.header.opcode, ...frame!.payload]).toEqual([9, 0, 0, 0, i]);
      user.pong?.(hex("00 00 00", `0${i}`));
    }
    user.pong?.(hex(""));
    user.pong?.(hex("00 00 00 01"));
    expect(worker.load.ledger).toMatchObject({ answered: 2, unexpected: 2 });
  });

  it("ends a socket whose ping has no answer only where it is to be held", async () => {
    const { crew } = await crewOf({ measure, load: openModel(1) });
    const { user, connection } = begin(crew);
    for (let i = 0; i < 2; i++) {
      user.plan(1);
      user.flush(1);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(connection.state).toBe(measure === "hold" ? "CLOSING" : "OPEN");
  });
});

describe("push", () => {
  /** What is received of messages. */
  async function receive(sequence: string | undefined, ...texts: string[]) {
    const { crew } = await crewOf({ measure: "push", sequence });
    const { user } = begin(crew);
    expect(user).toBeInstanceOf(ListeningUser);
    for (const text of texts) user.message?.(utf8(text), 1, false);
    const { received, missing, duplicated } = crew.stream!.counts;
    return [received, missing, duplicated];
  }

  it.each<[string, string[], number[]]>([
    ["the first seq", ['{"seq":3}', '{"a":{"seq": 5},"seq":9}', '{"seq":5}'], [2, 1, 1]],
    [
      "no number",
      ["hello", "1", '{"seq":"2"}', '{"seq":}', '{"seq":99999999999999999999}'],
      [5, 0, 0],
    ],
    ["the mark of an end", ['{"seq":1}', '{"seq":-1}'], [1, 0, 0]],
  ])("follows %s", async (_, texts, expected) => {
    expect(await receive(undefined, ...texts)).toEqual(expected);
  });

  it.each<[string, string[], number[]]>([
    ["a number at the path", ['{"d":{"n":3}}', '{"d":{"n":5}}', '{"d":{"n":5}}'], [2, 1, 1]],
    [
      "no number",
      ["[", "{}", '{"d":{"n":"3"}}', '{"d":{"n":1.5}}', '{"d":{"n":1e300}}'],
      [5, 0, 0],
    ],
  ])("follows %s", async (_, texts, expected) => {
    expect(await receive("$.d.n", ...texts)).toEqual(expected);
  });

  it("refuses a path that is wrong", async () => {
    const thrown = await crewOf({ measure: "push", sequence: "$[" }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(FramecatError);
    expect(thrown).toMatchObject({ code: "usage", message: expect.stringContaining("--sequence") });
  });
});

describe("fanout", () => {
  const plan = { measure: "fanout", publishers: 2, load: openModel(1) } as const;
  const message = { published: '{"s":"{{stamp}}","n":{{seq}}}' };

  it("has sockets that publish, and all that receive", async () => {
    const { crew, worker } = await crewOf(plan, message);
    expect([0, 1, 2].map((socket) => crew.sends?.(socket))).toEqual([true, true, false]);
    const [publisher, other] = [begin(crew, 1), begin(crew, 2)];
    expect(other.user).toBeInstanceOf(FanoutUser);
    publisher.user.plan(1);
    publisher.user.flush(worker.now);
    const [text = ""] = publisher.connection.takeTexts();
    expect(text).toBe('{"s":"framecat!1,0,1000,1000!","n":0}');
    for (const { user } of [publisher, other]) user.message?.(utf8(text), 1, false);
    expect([crew.stream!.counts.received, crew.own!.counts.received]).toEqual([2, 1]);
  });

  it("goes on with the numbers of a publisher that comes back, and with nobody else's", async () => {
    const { crew } = await crewOf(plan, message);
    expect(crew.makeUser(1)).toBe(crew.makeUser(1));
    expect(crew.makeUser(0)).not.toBe(crew.makeUser(1));
    expect(crew.makeUser(5)).not.toBe(crew.makeUser(5));
  });
});

it("greets in text that is not compressed, whatever is measured", async () => {
  for (const measure of ["echo", "ping", "push", "fanout"] as const) {
    const { crew } = await crewOf(
      { measure, dial: DEFLATE, load: openModel(1) },
      { onOpen: ["hi {{socket}}"] },
    );
    const { connection } = begin(crew, 3, { deflate: true });
    const [frame] = connection.takeFrames();
    const { opcode, rsv1 } = frame!.header;
    expect([opcode, rsv1, Buffer.from(frame!.payload).toString()]).toEqual([1, false, "hi 3"]);
  }
});
