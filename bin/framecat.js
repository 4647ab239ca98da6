#!/usr/bin/env node
import { isatty } from "node:tty";
import { main } from "../dist/cli.js";
import { processIo } from "../dist/io.js";

// Node ends in an assertion of its own where a terminal is gone that it began with: so it ends by the
// hang-up before that.
const terminals = [0, 1, 2].filter((fd) => isatty(fd));
process.on("exit", () => {
  if (!terminals.every((fd) => isatty(fd))) process.kill(process.pid, "SIGHUP");
});

process.exitCode = await main(process.argv.slice(2), processIo());
// The process ends when all is written; after a signal it waits for sleeping readers no longer.
if (process.exitCode > 128) setTimeout(() => process.exit(), 1000).unref();
