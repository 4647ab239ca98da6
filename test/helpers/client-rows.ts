import type { ClientRow } from "../../src/server/client-row.ts";
import type { ServerFigures } from "../../src/server/figures.ts";

const MIB = 1024 * 1024;

export function clientRow(replace: Partial<ClientRow> = {}): ClientRow {
  return {
    id: "1",
    address: "127.0.0.1:53422",
    ageMs: 12_345,
    subprotocol: undefined,
    out: { messages: 0, bytes: 0 },
    in: { messages: 0, bytes: 0 },
    buffered: 0,
    rttMs: undefined,
    detained: false,
    ...replace,
  };
}

/** One of each kind that looks different. */
export const SOME_CLIENTS: readonly ClientRow[] = [
  clientRow({ out: { messages: 3, bytes: 120 }, in: { messages: 1, bytes: 5 }, rttMs: 0.42 }),
  clientRow({
    id: "27",
    address: "[2001:db8:1234:5678:9abc:def0:1234:5678]:40001",
    ageMs: 3 * 3_600_000 + 240_000,
    subprotocol: "chat.v2",
    out: { messages: 1_234_567, bytes: 900 * MIB },
    in: { messages: 12, bytes: 1023 },
    buffered: 3.5 * MIB,
    rttMs: 1234,
  }),
  clientRow({ id: "28", address: "a unix socket", ageMs: 90_061_000, detained: true }),
  clientRow({ id: "29", ageMs: 125_000, subprotocol: "\u001b]0;evil\u0007 of some length" }),
];

export function serverFiguresOf(replace: Partial<ServerFigures> = {}): ServerFigures {
  const nothing = { messages: 0, bytes: 0 };
  return {
    upMs: 725_000,
    connected: 4,
    opened: 340,
    refusals: [],
    closes: [],
    faults: [],
    out: { ...nothing, perSecond: nothing },
    in: { ...nothing, perSecond: nothing },
    spanMs: 1000,
    ...replace,
  };
}

export const BUSY_FIGURES = serverFiguresOf({
  refusals: [
    ["origin", 12],
    ["rate", 1],
  ],
  closes: [
    [1000, 320],
    [1006, 16],
  ],
  out: {
    messages: 1_234_567,
    bytes: 900 * MIB,
    perSecond: { messages: 20_480, bytes: 15 * MIB },
  },
  in: { messages: 1, bytes: 1023, perSecond: { messages: 0.25, bytes: 12 } },
});
