import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Prints the tally as the very last line of a run: `N passed, N failed`, with `, N skipped` where
 * tests were skipped. What fails outside a test (a file that does not load, an unhandled rejection)
 * counts as a failure too, so that the line never claims more than the exit code does.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tally = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) {
      tally.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed" || state === "failed") tally[state] += 1;
        else tally.skipped += 1;
      }
    }
    const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
    process.once("exit", () => {
      process.stdout.write(`${tally.passed} passed, ${tally.failed} failed${skipped}\n`);
    });
  }
}
