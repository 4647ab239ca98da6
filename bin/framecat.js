#!/usr/bin/env node
import { main } from "../dist/cli.js";
import { leave, processIo } from "../dist/io.js";

leave(await main(process.argv.slice(2), processIo()));
