import { expect, it } from "vitest";
import { once } from "node:events";
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("../../dist/bench/responder.js", import.meta.url));

it("takes no notice of Ctrl-C, and ends with who started it", async () => {
  const child = fork(ENTRY, { execArgv: [] });
  await once(child, "message");
  child.kill("SIGINT");
  child.kill("SIGTERM");
  const exited = once(child, "exit");
  child.disconnect();
  expect(await exited).toEqual([null, "SIGKILL"]);
});
