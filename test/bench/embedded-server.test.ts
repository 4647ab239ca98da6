import { expect, it, onTestFinished } from "vitest";
import { startEmbeddedServer } from "../../src/bench/embedded-server.ts";
import { expectFailure } from "../helpers/transport.ts";
import { leanTo } from "../helpers/lean.ts";

it("echoes on a free port of loopback until it is stopped", async () => {
  const server = await startEmbeddedServer();
  onTestFinished(() => server.stop());
  const { connection, log } = await leanTo(server.url);
  connection.close();
  expect(await log.end).toMatchObject({ code: 1000, clean: true });
  await server.stop();
  await expectFailure(leanTo(server.url), "unreachable", /refused/);
});
