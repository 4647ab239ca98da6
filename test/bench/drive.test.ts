import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Agenda } from "../../src/bench/agenda.ts";
import type { Sender } from "../../src/bench/dispatch.ts";
import { Drive } from "../../src/bench/drive.ts";
import { Load } from "../../src/bench/load.ts";
import type { LoadModel, Measure } from "../../src/bench/result.ts";
import { openModel } from "../helpers/bench.ts";

/** A drive with a clock that is set by hand, and senders that note what is due. */
function driveOf(
  load: LoadModel,
  { measure = "echo", count = 2 }: { readonly measure?: Measure; readonly count?: number } = {},
) {
  const clock = { now: 0 };
  const shared = new Load(load.model, { onDrained: () => undefined }, () => clock.now);
  const due: [sender: number, dueAt: number][] = [];
  const flushed: number[] = [];
  const makeSender = (number: number): Sender => ({
    plan: (dueAt) => due.push([number, dueAt]),
    flush: (now) => flushed.push(now),
  });
  const senders = Array.from({ length: count }, (_, number) => makeSender(number));
  const agenda = new Agenda<Sender>();
  const random = (): number => 0.5;
  const plan = { load, phase: 0, measure };
  const drive = new Drive(
    { plan, load: shared, senders, agenda, random, spared: () => undefined },
    0,
  );
  onTestFinished(() => drive.stop());
  return { drive, clock, due, flushed, senders, agenda, makeSender, load: shared };
}

const closed = { model: "closed", inFlight: 1, thinkMs: 5 } as const;

describe("a drive", () => {
  it("deals what is due to the senders by turns", () => {
    const { drive, clock, due, flushed } = driveOf(openModel(1000));
    clock.now = 3;
    drive.start();
    expect(due).toEqual([
      [0, 0],
      [1, 1],
      [0, 2],
      [1, 3],
    ]);
    expect(flushed).toEqual([3, 3]);
  });

  it("wakes by itself for the next moment", async () => {
    const { drive, clock, due } = driveOf(openModel(1000));
    drive.start();
    clock.now = 1;
    await vi.waitFor(() => expect(due).toHaveLength(2));
  });

  it("plans nothing for the end or after it, and catches up with what is before", () => {
    const { drive, clock, due } = driveOf(openModel(1000));
    drive.endAt(3);
    clock.now = 50;
    drive.catchUp();
    expect(due.map(([, dueAt]) => dueAt)).toEqual([0, 1, 2]);
    drive.start();
    expect(due).toHaveLength(3);
  });

  it("has the rate of each sender, however many there are", () => {
    const { drive, clock, due, senders, makeSender } = driveOf(openModel(100, "socket"));
    drive.start();
    senders.push(makeSender(2), makeSender(3));
    clock.now = 1;
    drive.sendersChanged();
    clock.now = 101;
    drive.catchUp();
    expect(due).toHaveLength(1 + 39 + 1);
    senders.length = 0;
    drive.sendersChanged();
    clock.now = 500;
    drive.catchUp();
    expect(due).toHaveLength(41);
  });

  it("has the same rate in all, however many senders there are", () => {
    const { drive, clock, due, senders } = driveOf(openModel(100));
    drive.start();
    senders.pop();
    drive.sendersChanged();
    clock.now = 100;
    drive.catchUp();
    expect(due).toHaveLength(11);
  });

  it.each(["echo", "hold"] as const)("ends pauses in the closed model of %s", async (measure) => {
    const { drive, clock, due, agenda, senders } = driveOf(closed, { measure });
    drive.start();
    agenda.add(5, senders[1]!);
    agenda.add(2, senders[0]!);
    clock.now = 4;
    drive.start();
    expect(due).toEqual([[0, 2]]);
    clock.now = 5;
    await vi.waitFor(() => expect(due).toHaveLength(2));
    drive.sendersChanged();
    drive.catchUp();
    expect(due).toEqual([
      [0, 2],
      [1, 5],
    ]);
  });

  it("plans what nobody can send as unsent", () => {
    const { drive, clock, load } = driveOf(openModel(1000), { count: 0 });
    load.openWindow();
    clock.now = 4;
    drive.catchUp();
    expect(load.ledger).toMatchObject({ planned: 5, unsent: 5, sent: 0 });
  });
});
