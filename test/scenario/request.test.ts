import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_SHAPE,
  encodeRequest,
  JSON_RPC,
  parseMessage,
  parseRequestShape,
  type RequestShape,
} from "../../src/scenario/request.ts";
import { utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";

const CUSTOM = '{"op":"{{type}}","ref":"{{id}}","args":{{params}}}';
const custom = await parseRequestShape(CUSTOM, "$.ref");

describe("a request", () => {
  it.each<[string, RequestShape, string | undefined, string]>([
    ["default", DEFAULT_SHAPE, undefined, '{"id":1,"type":"get"}'],
    ["default", DEFAULT_SHAPE, '{"a":1}', '{"id":1,"type":"get","params":{"a":1}}'],
    ["jsonrpc", JSON_RPC, undefined, '{"jsonrpc":"2.0","id":1,"method":"get"}'],
    ["jsonrpc", JSON_RPC, " [1] ", '{"jsonrpc":"2.0","id":1,"method":"get","params":[1]}'],
    ["custom", custom, undefined, '{"op":"get","ref":"1","args":{}}'],
    ["custom", custom, "[true]", '{"op":"get","ref":"1","args":[true]}'],
  ])("%s %#", (_, shape, params, text) => {
    expect(encodeRequest(shape, { id: 1, type: "get", params })).toBe(text);
  });

  it.each([
    '{"n":12345678901234567890.123456789012345678901}',
    '{"a":1,"a":2,"__proto__":{"x":1}}',
    "1E400",
    '"{{id}}"',
  ])("keeps the parameters as they are written: %s", (params) => {
    for (const shape of [DEFAULT_SHAPE, JSON_RPC, custom]) {
      expect(encodeRequest(shape, { id: 1, type: "t", params })).toContain(`:${params}}`);
    }
  });

  it("is JSON whatever its type is called", () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (type, value) => {
        const request = { id: 5, type, params: JSON.stringify(value) };
        const params: unknown = JSON.parse(request.params);
        expect(JSON.parse(encodeRequest(DEFAULT_SHAPE, request))).toEqual({ id: 5, type, params });
        expect(JSON.parse(encodeRequest(JSON_RPC, request))).toMatchObject({ method: type });
      }),
    );
  });

  it.each(["", "{", "{'a':1}", "hello", "1 2"])("has no parameters %j", (params) => {
    expect(() => encodeRequest(DEFAULT_SHAPE, { id: 1, type: "t", params })).toThrow(
      expect.objectContaining({
        code: "usage",
        message: expect.stringMatching(/^the parameters are no JSON: /),
      }),
    );
  });
});

describe("a reply", () => {
  const read = (shape: RequestShape, text: string) => shape.read(parseMessage(utf8(text)));
  const good = (id: string | number, data?: unknown) => ({ id, outcome: { ok: true, data } });
  const bad = (id: string | number, error: unknown) => ({ id, outcome: { ok: false, error } });

  it.each([
    ['{"id":1,"type":"response","data":{"a":1}}', good(1, { a: 1 })],
    ['{"id":"1","type":"response","data":null}', good("1", null)],
    ['{"id":1,"type":"response"}', good(1)],
    ['{"id":1,"type":"response","error":"no"}', bad(1, "no")],
    ['{"id":1,"type":"response","data":5,"error":null}', good(1, 5)],
    ['{"id":1,"type":"get"}', undefined],
    ['{"type":"response"}', undefined],
    ['{"id":null,"type":"response"}', undefined],
    ['[{"id":1,"type":"response"}]', undefined],
    ["null", undefined],
    ["no JSON", undefined],
  ])("by default: %s", (text, reply) => expect(read(DEFAULT_SHAPE, text)).toEqual(reply));

  it.each([
    ['{"jsonrpc":"2.0","id":1,"result":19}', good(1, 19)],
    ['{"jsonrpc":"2.0","id":1,"result":null}', good(1, null)],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":-32601}}', bad(1, { code: -32601 })],
    ['{"jsonrpc":"2.0","id":1,"method":"get"}', undefined],
    ['{"jsonrpc":"2.0","method":"note","params":[]}', undefined],
    ['{"jsonrpc":"2.0","id":null,"error":{"code":-32700}}', undefined],
    ['{"id":1,"result":19}', undefined],
  ])("of JSON-RPC: %s", (text, reply) => expect(read(JSON_RPC, text)).toEqual(reply));

  it("of a shape of its own is the whole message", () => {
    expect(read(custom, '{"ref":"1","x":2}')).toEqual(good("1", { ref: "1", x: 2 }));
    expect(read(custom, '{"id":"1"}')).toBeUndefined();
    expect(read(custom, '{"ref":{}}')).toBeUndefined();
    expect(read(custom, "no JSON")).toBeUndefined();
  });
});

describe("--rpc", () => {
  it("knows JSON-RPC, and $.id where nothing else is said", async () => {
    expect(await parseRequestShape("jsonrpc")).toBe(JSON_RPC);
    const shape = await parseRequestShape("{{id}} {{type}}");
    expect(shape.read({ id: 3 })).toMatchObject({ id: 3 });
  });

  it.each([
    ["grpc", "$.id", /^--rpc "grpc" is neither jsonrpc nor a message with/],
    ["{{id}}", "$.id", /^--rpc needs \{\{type\}\}$/],
    ["{{id}}{{type}}{{x}}", "$.id", /^--rpc, character 15: \{\{x\}\} is no placeholder$/],
    [CUSTOM, "ref", /^--rpc-reply-id: "ref" is no JSONPath/],
  ])("%j with %j is none", (text, path, message) =>
    expectUsage(parseRequestShape(text, path), message),
  );
});

it("reads a view of a larger buffer", () => {
  expect(parseMessage(utf8('xx{"id":3}yy').subarray(2, 10))).toEqual({ id: 3 });
});
