import type { ConnectionKind } from "./connection-counts.ts";
import type { Stage } from "./stage.ts";

/** A connection that is not looked into any further, but counted. */
export class DroppedStage implements Stage {
  readonly kind: ConnectionKind;

  constructor(kind: ConnectionKind) {
    this.kind = kind;
  }

  data(): void {}
  gapIn(): void {}
  endOf(): void {}
  finish(): void {}
}
