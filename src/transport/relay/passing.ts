import type { Direction } from "../events.ts";

/** A message, or a control frame, on its way through a relay. */
export interface Passing {
  readonly conn: string;
  /** `out` comes from the client, `in` from the server. */
  readonly dir: Direction;
  readonly opcode: number;
  /** The whole payload, inflated; undefined where it cannot be read. */
  readonly data: Uint8Array | undefined;
  /** Bytes of the payload on the wire. */
  readonly wireLength: number;
}

/** What is to become of it. Without anything it passes as the bytes it was. */
export interface Verdict {
  readonly drop?: boolean | undefined;
  /** Called with what holds it: it stays until it is let go. */
  readonly hold?: ((held: Held) => void) | undefined;
  readonly delayMs?: number | undefined;
  /** Takes the place of the payload. */
  readonly data?: Uint8Array | undefined;
}

/** Something that is held back. What comes behind it in its direction waits as well. */
export interface Held {
  readonly passing: Passing;
  /** What will be sent, where it has been changed. */
  readonly data: Uint8Array | undefined;
  /** Lets it go on. @param data takes the place of the payload */
  release(data?: Uint8Array): void;
  drop(): void;
  /** Called when it has gone, whatever way. */
  onGone(gone: () => void): void;
}

/** The rules that hold for what passes. */
export interface Interception {
  /** Whether any rule is there for the direction. */
  readonly isActive: (dir: Direction) => boolean;
  readonly judge: (passing: Passing) => Verdict;
}
