import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { filesShort, MAX_OPEN_FILES } from "../../src/transport/open-files.ts";

const socketAt = (fd?: number): Socket =>
  ({ _handle: fd === undefined ? null : { fd } }) as unknown as Socket;

it.each([
  [64, 40, undefined],
  [64, 55, undefined],
  [64, 56, 64],
  [64, 63, 64],
  [1024, 991, undefined],
  [1024, 992, 1024],
  [Infinity, 1_000_000, undefined],
])("of %s files the one with number %i", (max, fd, told) => {
  const why = told && `the limit of ${told} open files is reached, which \`ulimit -n\` tells`;
  expect(filesShort(socketAt(fd), max)).toBe(why);
});

it("knows nothing of a socket that is gone, or of a system without numbers", () => {
  expect(filesShort(socketAt(), 64)).toBeUndefined();
  expect(filesShort(socketAt(-1), 64)).toBeUndefined();
});

it("reads the limit of this process", () => {
  expect(MAX_OPEN_FILES).toBeGreaterThan(100);
});
