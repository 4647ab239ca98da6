// Asks servers that echo all that RFC 6455 and RFC 7692 say, in the manner of the Autobahn test suite,
// whose numbers the cases have. Exits with 1 where a case fails, or ends otherwise through a relay.
//
//   node scripts/conformance.js                   listen, and listen behind a relay      after `npm run build`
//   node scripts/conformance.js ws://host:port/   any other server that echoes
//     --size small|full   lengths and counts of the Autobahn test suite, or 1/64 of them (full)
//     --only 6.2,13       cases whose number begins so
//     --verbose           every case, not only what is not OK
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: "string", default: "full" },
    only: { type: "string", default: "" },
    verbose: { type: "boolean", short: "v" },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { module: conformance } = await runnerImport(here("../test/helpers/conformance/index.ts"));
const wanted = flags.only.split(",");
const cases = conformance
  .allCases(flags.size === "full" ? conformance.FULL : conformance.SMALL)
  .filter(({ id }) => wanted.some((start) => `${id}.`.startsWith(start === "" ? "" : `${start}.`)));

async function listen(args) {
  const command = [here("../bin/framecat.js"), "listen", "0", "-q", "--json", ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`listen: ${code}`)));
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended]);
  ended.catch(() => undefined);
  return { child, url: JSON.parse(line).url };
}

async function judge(name, url) {
  const tally = {};
  const begun = performance.now();
  const results = await conformance.runCases(url, cases, {
    atOnce: 4,
    timeoutMs: 120_000,
    pauseMs: 200,
    onResult: ({ id, title, verdict, came }) => {
      tally[verdict] = (tally[verdict] ?? 0) + 1;
      if (flags.verbose || verdict !== "OK")
        console.log(`${verdict.padEnd(13)} ${id.padEnd(8)} ${title}: ${came}`);
    },
  });
  const told = Object.entries(tally).map(([verdict, count]) => `${count} ${verdict}`);
  console.log(
    `${name}: ${told.join(", ")} in ${((performance.now() - begun) / 1000).toFixed(1)} s`,
  );
  if (tally.FAILED) process.exitCode = 1;
  return results;
}

const RELAYS = {
  "relay that shows nothing": [],
  "relay that judges every frame": ["--hold", "/never to be seen/"],
};

/** What comes back through a relay is what comes back without it. */
async function compare(name, url, direct) {
  const relay = await listen(["--to", url].concat(RELAYS[name]));
  const relayed = await judge(name, relay.url);
  relay.child.kill();
  const differ = relayed.filter(({ came }, i) => came !== direct[i].came);
  for (const { id, title, came } of differ)
    console.log(`DIFFERS       ${id.padEnd(8)} ${title}: ${came}`);
  if (differ.length > 0) process.exitCode = 1;
}

for (const url of positionals) await judge(url, url);
if (positionals.length === 0) {
  const { child, url } = await listen([]);
  const direct = await judge("listen", url);
  for (const name of Object.keys(RELAYS)) await compare(name, url, direct);
  child.kill();
}
