import { artillery } from "./clients/artillery.js";
import { bare } from "./clients/bare.js";
import { tsung } from "./clients/tsung.js";
import { ws } from "./clients/ws.js";
import { handshake, idleMemory, roundTrip } from "./measure.js";

const TRIP = { unit: "µs CPU a round trip", measure: roundTrip };

/**
 * What is measured: framecat against each of `peers`, which has the most that its cost may be, as a
 * share of the peer's, where a share is required.
 */
export const CASES = [
  {
    name: "one in flight",
    ...TRIP,
    load: { sockets: 50, inFlight: 1, size: 20 },
    peers: [
      { client: ws, atMost: 0.75 },
      { client: artillery, atMost: 0.2 },
      { client: tsung, atMost: 0.35 },
      { client: bare },
    ],
  },
  {
    name: "sixteen in flight",
    ...TRIP,
    load: { sockets: 50, inFlight: 16, size: 20 },
    peers: [{ client: ws, atMost: 0.08 }],
  },
  {
    name: "1 KiB, one in flight",
    ...TRIP,
    load: { sockets: 50, inFlight: 1, size: 1024 },
    peers: [{ client: ws, atMost: 0.8 }],
  },
  {
    name: "1 KiB, sixteen in flight",
    ...TRIP,
    load: { sockets: 50, inFlight: 16, size: 1024 },
    peers: [{ client: ws, atMost: 0.1 }],
  },
  {
    name: "1,000 sockets, one in flight",
    ...TRIP,
    load: { sockets: 1000, inFlight: 1, size: 20 },
    peers: [{ client: ws, atMost: 0.8 }],
  },
  {
    name: "1,000 sockets, sixteen in flight",
    ...TRIP,
    load: { sockets: 1000, inFlight: 16, size: 20 },
    peers: [{ client: ws, atMost: 0.1 }],
  },
  {
    name: "10,000 handshakes",
    unit: "µs CPU a handshake",
    measure: handshake,
    load: { sockets: 10_000, size: 20 },
    mute: true,
    peers: [{ client: ws, atMost: 0.6 }],
  },
  {
    name: "10,000 idle",
    unit: "KiB resident a socket",
    measure: idleMemory,
    load: { sockets: 10_000, size: 20 },
    mute: true,
    /** Of framecat's own. */
    costAtMost: 4,
    peers: [{ client: ws, atMost: 0.6 }],
  },
];

/** Of `recording.js`, in ns. */
export const RECORDING = { name: "recording a latency", unit: "ns CPU", costAtMost: 20 };
