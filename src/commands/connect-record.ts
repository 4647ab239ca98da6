import type { Clock } from "../clock.ts";
import type { FramecatError } from "../errors.ts";
import { hasOpened } from "../opened.ts";
import { type SmokeRun, smokeResult, type ConnectResult } from "../scenario/smoke-result.ts";
import { Statistics } from "../scenario/statistics.ts";
import type { CloseEvent, Event, HandshakeEvent } from "../transport/events.ts";
import type { Link } from "../transport/link.ts";
import type { ConnectSettings } from "./connect-settings.ts";

/** What is to be told of a run when it has ended. */
export class RunRecord {
  readonly statistics = new Statistics();
  readonly #settings: ConnectSettings;
  readonly #clock: Clock;
  readonly #startedAt;
  #handshake: HandshakeEvent | undefined;
  #close: CloseEvent | undefined;
  link: Link | undefined;

  constructor(settings: ConnectSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** The latest handshake has ended without a connection, for what its event tells. */
  get wasRefused(): boolean {
    return this.#handshake !== undefined && !hasOpened(this.#handshake);
  }

  take(event: Event): void {
    this.statistics.take(event);
    this.#settings.checks.expectations.take(event);
    if (event.type === "handshake") this.#handshake = event;
    if (event.type === "close") this.#close = event;
  }

  snapshot() {
    return this.statistics.snapshot(this.#clock.now(), this.link?.traffic);
  }

  result(failure: FramecatError | undefined): ConnectResult {
    const { url, checks, showSecrets } = this.#settings;
    const { expectations } = checks;
    const run: SmokeRun = {
      url,
      startedAt: this.#startedAt,
      endedAt: this.#clock.now(),
      handshake: this.#handshake,
      close: this.#close,
      checks: expectations.checks,
      others: expectations.progress.others,
      statistics: this.snapshot(),
      failure,
      showSecrets,
    };
    return smokeResult(run);
  }
}
