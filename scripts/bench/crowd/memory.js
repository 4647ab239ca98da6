// Imported before a program: at SIGUSR2 it collects its garbage and writes what memory it uses to its
// file 3, in a line of JSON. `held` is what objects and buffers take, those of which somebody knows.
import { writeSync } from "node:fs";

process.on("SIGUSR2", () => {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  writeSync(3, `${JSON.stringify({ held: heapUsed + external, rss })}\n`);
});
