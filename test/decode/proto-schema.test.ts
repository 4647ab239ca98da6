import { expect, it } from "vitest";
import { loadMessageType } from "../../src/decode/proto-schema.ts";
import { fixture } from "../helpers/decoded.ts";
import { file } from "../helpers/temp-files.ts";
import { expectUsage } from "../helpers/usage.ts";

const CHAT = fixture("chat.proto");
const load = (path: string, name: string) => loadMessageType(path, name, "--decode protobuf");

it.each([
  ["chat.v1.Message", ".chat.v1.Message"],
  [".chat.v1.Message", ".chat.v1.Message"],
  ["Message", ".chat.v1.Message"],
  ["chat.v1.Message.Part", ".chat.v1.Message.Part"],
  ["people.User", ".people.User"],
  ["google.protobuf.Timestamp", ".google.protobuf.Timestamp"],
])("finds %s", async (name, fullName) => {
  expect((await load(CHAT, name)).fullName).toBe(fullName);
});

it.each([
  ["Kind", /^--decode protobuf: no message is named "Kind"$/],
  ["chat.v1", /no message is named/],
  ["constructor", /no message is named/],
])("has no message %s", (name, message) => expectUsage(load(CHAT, name), message));

it("tells those that there are", async () => {
  await expect(load(CHAT, "Foo")).rejects.toMatchObject({
    hint: expect.stringMatching(/^There are chat\.v1\.Message, chat\.v1\.Message\.Part, /),
  });
});

it.each([
  ["message A { string x = ; }", /\/file: illegal token 'string' \(line 1\)/],
  ['syntax = "proto3";\nmessage A { Foo x = 1; }', /no such Type or Enum 'Foo'/],
  ["hello", /illegal token 'hello'/],
  ['import "nowhere.proto";', /\/file imports nowhere\.proto, which is not there/],
  ["message A {".repeat(1000), /max depth/],
])("definitions that are wrong are one line (%#)", (text, message) =>
  expectUsage(load(file(text), "A"), message),
);

it.each([
  ["/nonexistent/x.proto", /x\.proto: no such file/],
  ["/", /: it is a folder/],
])("%s is no file", (path, message) => expectUsage(load(path, "A"), message));
