import type { Clock } from "../../clock.ts";
import { Heartbeat } from "../../transport/heartbeat.ts";
import type { Client } from "../client.ts";
import type { Guard } from "../guard.ts";

export interface LivenessOptions {
  /** After how long without a sign of life a client is pinged. */
  readonly intervalMs: number;
  /** How long it may take to answer. */
  readonly timeoutMs: number;
}

/** Pings clients that are silent, and ends those that are not there any more. */
export function livenessGuard({ intervalMs, timeoutMs }: LivenessOptions, clock: Clock): Guard {
  const heartbeats = new Map<Client, Heartbeat>();
  const options = { intervalMs, timeoutMs, maxIntervalMs: intervalMs };
  return {
    joined: (client) => {
      const heartbeat = new Heartbeat(client.connection, clock, options);
      heartbeats.set(client, heartbeat);
      heartbeat.start();
    },
    heard: (client, event) => {
      heartbeats.get(client)?.pass(event);
      if (event.type !== "error" || event.code !== "heartbeat") return;
      client.refused(
        "liveness",
        `it gave no sign of life for ${(intervalMs + timeoutMs) / 1000} s`,
      );
    },
    left: (client) => {
      heartbeats.get(client)?.stop();
      heartbeats.delete(client);
    },
  };
}
