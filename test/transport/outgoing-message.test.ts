import { expect, it } from "vitest";
import { OutgoingMessage } from "../../src/transport/outgoing-message.ts";
import { utf8 } from "../helpers/bytes.ts";

it("gives a message of one frame as it is", () => {
  const data = utf8("whole");
  const message = new OutgoingMessage().push(data, "text", true);
  expect(message).toEqual({ kind: "text", data });
  expect(message?.data).toBe(data);
});

it("joins fragments; the first one tells the kind", () => {
  const outgoing = new OutgoingMessage();
  expect(outgoing.push(utf8("a"), "text", false)).toBeUndefined();
  expect(outgoing.push(utf8(""), "binary", false)).toBeUndefined();
  expect(outgoing.push(utf8("b"), "binary", true)).toEqual({ kind: "text", data: utf8("ab") });
  expect(outgoing.push(utf8("c"), "binary", true)).toEqual({ kind: "binary", data: utf8("c") });
});

it("is open from the first fragment to the last", () => {
  const outgoing = new OutgoingMessage();
  const open = [false, true].map((fin) => {
    outgoing.push(utf8("x"), "text", fin);
    return outgoing.isOpen;
  });
  expect(open).toEqual([true, false]);
});

it("copies, since who sends may use its buffer again", () => {
  const outgoing = new OutgoingMessage();
  const buffer = utf8("one");
  outgoing.push(buffer, "text", false);
  buffer.fill(0);
  expect(outgoing.push(utf8("!"), "text", true)).toEqual({ kind: "text", data: utf8("one!") });
});

it("says how much it leaves out of what is too long to be held", () => {
  const outgoing = new OutgoingMessage();
  const piece = new Uint8Array(10 * 1024 * 1024);
  outgoing.push(piece, "binary", false);
  outgoing.push(piece, "binary", false);
  const message = outgoing.push(piece, "binary", true);
  expect([message?.data.length, message?.omitted]).toEqual([16 * 1024 * 1024, 14 * 1024 * 1024]);
  outgoing.push(utf8("x"), "text", false);
  expect(outgoing.push(utf8("y"), "text", true)).toEqual({ kind: "text", data: utf8("xy") });
});
