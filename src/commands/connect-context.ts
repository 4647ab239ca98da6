import type { Io } from "../io.ts";
import type { EventListener } from "../transport/events.ts";
import type { Outputs } from "./connect-outputs.ts";
import type { RunRecord } from "./connect-record.ts";
import type { ConnectSettings } from "./connect-settings.ts";
import type { EndWatch } from "./connection-end.ts";
import type { SignalWatch } from "./signals.ts";

/** All that a run of `connect` works with. */
export interface ConnectRun {
  readonly settings: ConnectSettings;
  readonly io: Io;
  readonly signals: SignalWatch;
  readonly record: RunRecord;
  readonly end: EndWatch;
  readonly outputs: Outputs;
  /** Takes every event, before it is shown or written. */
  readonly follow: EventListener;
}
