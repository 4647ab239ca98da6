/** From where on the lint speaks up, for the rules that no RFC gives a number. */
export interface LintLimits {
  /** Longest payload of a frame in bytes (section 10.4). */
  readonly maxFrameLength: number;
  /** A Pong that takes longer is slow (section 5.5.2). */
  readonly slowPongMs: number;
  /** So many fragments of one byte or none in a row are worth a word (section 10.4). */
  readonly tinyFragments: number;
  /** A message that inflates to more than so many times its size on the wire … */
  readonly inflationRatio: number;
  /** … and is at least that long, in bytes. */
  readonly inflationFloor: number;
  /** Longest compressed message, in bytes on the wire, whose references are followed. */
  readonly maxWalkedLength: number;
}

export const DEFAULT_LINT_LIMITS: LintLimits = {
  maxFrameLength: 100 * 1024 * 1024,
  slowPongMs: 5000,
  tinyFragments: 8,
  inflationRatio: 1000,
  inflationFloor: 256 * 1024,
  maxWalkedLength: 16 * 1024 * 1024,
};
