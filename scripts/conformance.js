// Asks servers that echo all that RFC 6455 and RFC 7692 say, in the manner of the Autobahn test suite,
// whose numbers the cases have. Exits with 1 where a case fails, or ends otherwise through a relay, and
// with 2 where it is asked wrongly.
//
//   node scripts/conformance.js                   listen, and listen behind a relay      after `npm run build`
//   node scripts/conformance.js ws://host:port/   any other server that echoes
//     --size small|full   lengths and counts of the Autobahn test suite, or 1/64 of them (full)
//     --only 6.2,13       cases whose number begins so
//     --verbose           every case, not only what is not OK
//
//   OK             as the RFCs say
//   NON-STRICT     not as they say it had better be, but in a way that they let pass
//   UNIMPLEMENTED  the server does not compress
//   FAILED         against the RFCs
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { module: conformance } = await runnerImport(here("../test/helpers/conformance/index.ts"));
const { allCases, FULL, holds, limits, runCases, SMALL, tally, verdictTable } = conformance;

const SIZES = { small: SMALL, full: FULL };
/** Longest message of the server that the cases of a limit are for. */
const LIMIT = 64 * 1024;
const RELAYS = {
  "relay that shows nothing": [],
  "relay that judges every frame": ["--hold", "/never to be seen/"],
};

const children = new Set();
const killAll = () => children.forEach((child) => child.kill());
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    killAll();
    process.kill(process.pid, signal);
  });
}

let asked;
try {
  asked = readArgs();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
if (asked) {
  try {
    const columns = asked.urls.length > 0 ? await judgeOthers() : await judgeOurs();
    console.log(`\n${verdictTable(columns)}`);
    process.exitCode = columns.every(holds) ? 0 : 1;
  } finally {
    killAll();
  }
}

/** @throws Error in words for who asked */
function readArgs() {
  const { positionals: urls, values } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: "string", default: "full" },
      only: { type: "string", default: "" },
      verbose: { type: "boolean", short: "v" },
    },
  });
  const { size, only, verbose } = values;
  if (!Object.hasOwn(SIZES, size)) throw new Error(`--size ${size}: it is small or full`);
  for (const url of urls) {
    if (!/^ws:\/\/[^/]*:\d/.test(url)) throw new Error(`${url}: not of the form ws://host:port/`);
  }
  const starts = only.split(",").map((start) => start.trim().replace(/\.$/, ""));
  const isWanted = ({ id }) =>
    starts.some((start) => start === "" || `${id}.`.startsWith(`${start}.`));
  const cases = allCases(SIZES[size]).filter(isWanted);
  // Only of our own server is it known what its limit is.
  const limiting = urls.length > 0 ? [] : limits(LIMIT).filter(isWanted);
  if (cases.length + limiting.length === 0) throw new Error(`--only ${only}: no case begins so`);
  return { urls, cases, limiting, verbose };
}

async function judgeOthers() {
  const columns = [];
  for (const url of asked.urls) columns.push({ server: url, results: await judge(url, url) });
  return columns;
}

async function judgeOurs() {
  const url = await listen([]);
  const direct = await judge("listen", url);
  const limited = await listen(["--max-payload", String(LIMIT)]);
  const results = [...direct, ...(await judge("listen with a limit", limited, asked.limiting))];
  const columns = [{ server: "listen", results }];
  for (const [server, args] of Object.entries(RELAYS)) {
    const relayed = await judge(server, await listen(["--to", url, ...args]));
    columns.push({ server, results: relayed, differing: compare(relayed, direct) });
  }
  return columns;
}

async function listen(args) {
  const command = [here("../bin/framecat.js"), "listen", "0", "-q", "--json", ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`listen: ${code}`)));
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended]);
  ended.catch(() => undefined);
  return JSON.parse(line).url;
}

async function judge(server, url, cases = asked.cases) {
  if (cases.length === 0) return [];
  const begun = performance.now();
  let done = 0;
  const results = await runCases(url, cases, {
    atOnce: 4,
    timeoutMs: 120_000,
    pauseMs: 200,
    onResult: (result) => {
      if (asked.verbose || result.verdict !== "OK") tell(result.verdict, result);
      progress(`${server}: ${(done += 1)} of ${cases.length}`);
    },
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  progress("");
  console.log(`${server}: ${tally(results)} in ${seconds} s`);
  return results;
}

/** What comes back through a relay is what comes back without it. */
function compare(relayed, direct) {
  const differing = relayed.filter(({ came }, i) => came !== direct[i].came);
  for (const result of differing) tell("DIFFERS", result);
  return differing;
}

function tell(word, { id, title, came }) {
  progress("");
  console.log(`${word.padEnd(13)} ${id.padEnd(8)} ${title}: ${came}`);
}

/** On a terminal, one line that is written over. */
function progress(words) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${words}`);
}
