import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Later ones want Node 22. */
const VERSION = "2.0.21";
const INSTALL_TIMEOUT_MS = 300_000;

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "framecat-peers");
const folder = join(cache, `artillery-${VERSION}`);
const program = join(folder, "node_modules", "artillery", "bin", "run");

/** Its folder is outside the repository: none of its thousand packages is one of ours. */
function install() {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `artillery@${VERSION}`];
  execFileSync("npm", args, { cwd: folder, timeout: INSTALL_TIMEOUT_MS, stdio: "ignore" });
}

/**
 * Its engine for WebSocket sends and goes on, unless a step captures something of the reply: only then
 * it waits for one, so that is how its users do a round trip. A capture by a regular expression is
 * the cheapest way. The payload is that of all clients; one that is JSON, which it tries to parse each
 * reply as, would cost it about a third less.
 */
function script({ url, sockets, size }) {
  const send = { payload: "a".repeat(size), capture: { regexp: "a", as: "reply" } };
  return {
    config: { target: url, phases: [{ duration: 1, arrivalCount: sockets }] },
    scenarios: [{ engine: "ws", flow: [{ loop: [{ send }], count: 1e9 }] }],
  };
}

/** For each reply it leaves a timer of 10 s behind: what they cost shows when the first of them end. */
const WARM_AFTER_MS = 12_000;

export const artillery = {
  name: "artillery",
  warmAfterMs: WARM_AFTER_MS,
  missing: () => {
    if (!existsSync(program)) {
      try {
        install();
      } catch (thrown) {
        return `npm could not install artillery@${VERSION}: ${thrown.message.split("\n")[0]}`;
      }
    }
    return existsSync(program) ? undefined : `artillery@${VERSION} is not in ${folder}`;
  },
  command: (load) => {
    const file = join(load.folder, "artillery.json");
    writeFileSync(file, JSON.stringify(script(load)));
    return {
      file: process.execPath,
      args: [program, "run", "--quiet", file],
      env: { ARTILLERY_DISABLE_TELEMETRY: "true" },
    };
  },
};
