import { Duplex } from "node:stream";

/** One end of a pair of streams in memory, that tells what is written to it. */
export class MemoryEnd extends Duplex {
  peer: MemoryEnd | undefined;
  readonly #tell: (bytes: Uint8Array) => void;

  constructor(tell: (bytes: Uint8Array) => void) {
    super();
    this.#tell = tell;
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#tell(Uint8Array.from(bytes));
    this.peer?.push(bytes);
    done();
  }

  override _final(done: () => void): void {
    this.peer?.push(null);
    done();
  }
}
