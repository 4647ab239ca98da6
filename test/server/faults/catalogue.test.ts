import { expect, it } from "vitest";
import { FAULT_LIST, FAULT_NAMES, notationOf } from "../../../src/server/faults/catalogue.ts";
import { parseFault } from "../../../src/server/faults/parse-fault.ts";

it("lists every fault with how it is written", () => {
  expect(FAULT_LIST.map(([notation]) => notation.split(/[=@[]/)[0])).toEqual([...FAULT_NAMES]);
  expect(notationOf("fragment")).toBe("fragment=SIZE[@P%|Nmsgs]");
  expect(notationOf("stall-handshake")).toBe("stall-handshake[=TIME][@P%]");
  expect(notationOf("split")).toBe("split=SIZE");
});

/** What the words of a notation may stand for. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "TIME[±TIME": "1ms",
  "SIZE/s": "1/s",
  SIZE: "1",
  TIME: "1ms",
  OPCODE: "3",
  CODE: "1000",
};

it.each(FAULT_LIST)("%s makes the fault of that name", (notation) => {
  const [, name = "", value] = /^([a-z0-9-]+)(?:\[?=([^@]+?)\]?)?(?:\[@.*)?$/.exec(notation) ?? [];
  const text = value === undefined ? name : `${name}=${EXAMPLES[value]}`;
  expect(parseFault(text, "--fault")).toMatchObject({ name, text });
});
