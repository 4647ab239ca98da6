import { describe, expect, it, onTestFinished } from "vitest";
import { startChild } from "../../src/bench/child-process.ts";

function responder(flags: readonly string[] = []) {
  const child = startChild<{ readonly type: string }, { readonly url: string }>(
    "responder.js",
    flags,
  );
  onTestFinished(async () => {
    child.kill();
    await child.ended;
  });
  return child;
}

describe("a child", () => {
  it("talks in values, until it is ended", async () => {
    const child = responder();
    const { url } = await new Promise<{ url: string }>((resolve) => child.onMessage(resolve));
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/);
    child.kill();
    expect(await child.ended).toBe("SIGKILL");
    child.send({ type: "lost" });
  });

  it("tells why it failed", async () => {
    const child = responder(["--import", "data:text/javascript,throw new TypeError('broken')"]);
    expect(await child.ended).toBe("TypeError: broken");
  });

  it("that cannot even start says so", async () => {
    expect(await responder(["--no-such-flag"]).ended).toMatch(/bad option/);
  });
});
