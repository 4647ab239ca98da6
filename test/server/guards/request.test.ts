import { describe, expect, it } from "vitest";
import {
  cookiesOf,
  credentialsOf,
  deny,
  headersOf,
  parametersOf,
  quoted,
} from "../../../src/server/guards/request.ts";
import { askingOf } from "../../helpers/asking.ts";

describe("parameters of the address", () => {
  it.each<[string, readonly string[]]>([
    ["/?token=abc", ["abc"]],
    ["/chat?room=1&token=abc&x", ["abc"]],
    ["/?token=a&token=b", ["a", "b"]],
    ["/?token=", [""]],
    ["/?token", [""]],
    ["/?to%6ben=a%2Fb%3D", ["a/b="]],
    ["/?token=a+b==", ["a+b=="]],
    ["/?token=%zz", ["%zz"]],
    ["/?a=1?token=2&token=3", ["3"]],
    ["/?tokens=abc", []],
    ["/token=abc", []],
    ["/", []],
  ])("%s", (target, values) =>
    expect(parametersOf(askingOf([], { target }), "token")).toEqual(values),
  );
});

describe("cookies", () => {
  it.each<[readonly string[], readonly string[]]>([
    [["sid=abc"], ["abc"]],
    [["a=1; sid=abc; b=2"], ["abc"]],
    [
      ["sid=a", "sid=b"],
      ["a", "b"],
    ],
    [['sid="abc"'], ["abc"]],
    [["sid=a=b"], ["a=b"]],
    [["xsid=abc; SID=abc"], []],
    [["sid"], [""]],
    [[], []],
  ])("%j", (values, found) => {
    const headers = values.map((value) => ["Cookie", value] as const);
    expect(cookiesOf(askingOf(headers), "sid")).toEqual(found);
  });
});

describe("credentials of a scheme", () => {
  it.each<[string, readonly string[]]>([
    ["Bearer abc", ["abc"]],
    ["bearer  abc ", ["abc"]],
    ["Basic abc", []],
    ["Bearer", []],
    ["", []],
  ])("%j", (value, found) => {
    expect(credentialsOf(askingOf([["authorization", value]]), "bearer")).toEqual(found);
  });
});

it("headers are found whatever their case", () => {
  expect(
    headersOf(
      askingOf([
        ["X-One", "1"],
        ["x-ONE", "2"],
      ]),
      "x-one",
    ),
  ).toEqual(["1", "2"]);
});

it("a denial tells the client nothing of its reason", () => {
  const { reply, kind, why } = deny("token", 401, "its token is wrong", [["A", "b"]]);
  expect([kind, why]).toEqual(["token", "its token is wrong"]);
  expect(reply).toEqual({ status: 401, headers: [["A", "b"]], body: "Credentials are needed.\n" });
});

it("what is quoted of a client is short, and in quotes", () => {
  expect(quoted('a"\n')).toBe(String.raw`"a\"\n"`);
  expect(quoted("x".repeat(1000))).toBe(`"${"x".repeat(80)}…"`);
});
