#!/usr/bin/env node
import { main } from "../dist/cli.js";
import { processIo } from "../dist/io.js";

process.exitCode = await main(process.argv.slice(2), processIo());
// The process ends when all is written; after a signal it waits for sleeping readers no longer.
if (process.exitCode > 128) setTimeout(() => process.exit(), 1000).unref();
