import { expect, it } from "vitest";
import { silent } from "../../../src/server/modes/silent.ts";
import { startListener } from "../../helpers/listener.ts";
import { dialTo } from "../../helpers/transport.ts";

it("reads everything and says nothing", async () => {
  const { log, url } = await startListener(silent);
  const { connection, log: heard } = await dialTo(url);
  for (let i = 0; i < 10; i++) await connection.send(`${i}`);
  await log.count("message", 10, "in");
  await connection.close();
  expect(heard.of("message").filter(({ dir }) => dir === "in")).toEqual([]);
  expect(await connection.closed).toMatchObject({ code: 1000, clean: true });
});
