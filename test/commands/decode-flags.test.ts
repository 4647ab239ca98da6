import { expect, it } from "vitest";
import { DECODE_OPTION, readDecoder } from "../../src/commands/decode-flags.ts";
import { argsOf } from "../helpers/args.ts";
import { expectUsage } from "../helpers/usage.ts";

const read = (...argv: string[]) => readDecoder(argsOf([DECODE_OPTION], argv));

it("makes the decoder that is asked for", async () => {
  expect((await read("--decode", "struct:>H:magic *:rest"))?.name).toBe("struct");
  expect(await read()).toBe(undefined);
});

it("refuses another in one line", () => expectUsage(read("--decode", "xml"), /^--decode "xml"/));
