// Checks what the linter cannot: that every source file has its test file, in the same place.
// Files of types and of data alone, and the entries of child processes, which are tested through
// the code that starts them, are named here.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const WITHOUT_TEST = new Set([
  "clock.ts",
  "index.ts",
  "bench/field.ts",
  "bench/progress-state.ts",
  "bench/result.ts",
  "bench/user.ts",
  "commands/command.ts",
  "repl/listen/command.ts",
  "repl/slash/command.ts",
  "commands/common-options.ts",
  "commands/dial-options.ts",
  "commands/connect-options.ts",
  "commands/connect-context.ts",
  "commands/frame-dump-options.ts",
  "commands/listen-options.ts",
  "commands/listen-exec-options.ts",
  "commands/listen-guard-options.ts",
  "commands/listen-http-options.ts",
  "commands/listen-record-options.ts",
  "commands/listen-relay-options.ts",
  "commands/listen-tls-options.ts",
  "commands/index.ts",
  "server/faults/fault.ts",
  "server/guard.ts",
  "server/mode-command.ts",
  "server/mode.ts",
  "transport/events.ts",
  "transport/deferred.ts",
  "transport/relay/passing.ts",
]);

const sources = readdirSync(`${root}/src`, { recursive: true })
  .map((name) => String(name).replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts"));
const missing = sources.filter(
  (name) =>
    !WITHOUT_TEST.has(name) && !existsSync(`${root}/test/${name.replace(/\.ts$/, ".test.ts")}`),
);
for (const name of missing)
  console.error(`src/${name} has no test/${name.replace(".ts", ".test.ts")}`);
const gone = [...WITHOUT_TEST].filter((name) => !sources.includes(name));
for (const name of gone) console.error(`scripts/check-tree.js names src/${name}, which is gone`);
process.exitCode = missing.length + gone.length > 0 ? 1 : 0;
