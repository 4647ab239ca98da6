import { expect } from "vitest";
import { FramecatError } from "../../src/errors.ts";

/** Expects a usage error of one line. */
export async function expectUsage(run: Promise<unknown>, message: RegExp): Promise<void> {
  const thrown: unknown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(FramecatError);
  const error = thrown as FramecatError;
  expect([error.code, error.message]).toEqual(["usage", expect.stringMatching(message)]);
  expect(error.message).not.toContain("\n");
}
