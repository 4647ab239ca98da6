import { setFlagsFromString } from "node:v8";

/**
 * From now on this process marks its garbage in one go, and no longer in steps between the work.
 *
 * A pipe makes little but buffers, which are garbage as soon as they have passed. All that passes
 * while V8 marks in steps is taken to be alive, though: megabytes outlive the collection, bring the
 * next one on, and so forth, until a third of the time goes there. In one go it takes some
 * milliseconds now and then, for what a pipe keeps is small.
 */
export function collectAtOnce(): void {
  setFlagsFromString("--no-incremental-marking");
}
