import { describe, expect, it } from "vitest";
import * as shapes from "../../src/bench/shape.ts";

const { amount, count, flag, list, number, object, oneOf, someOf, text, variants } = shapes;

interface Point {
  readonly x: number;
  readonly name?: string;
}
const point = object<Point>({ x: number }, { name: text });
type Figure = { readonly kind: "dot" } | { readonly kind: "line"; readonly to: Point };
const figure = variants<Figure>("kind", {
  dot: object<Extract<Figure, { kind: "dot" }>>({ kind: oneOf(["dot"]) }, {}),
  line: object<Extract<Figure, { kind: "line" }>>({ kind: oneOf(["line"]), to: point }, {}),
});

describe("a shape", () => {
  it.each([
    [number, -1.5],
    [amount, 0],
    [amount, 0.5],
    [count, 0],
    [count, 2 ** 53 - 1],
    [text, ""],
    [flag, false],
    [oneOf(["a", "b"]), "b"],
    [list(count), [1, 2]],
    [list(count), []],
    [point, { x: 1 }],
    [point, { x: 1, name: "here" }],
    [someOf(["a", "b"], count), {}],
    [someOf(["a", "b"], count), { b: 2 }],
    [figure, { kind: "dot" }],
    [figure, { kind: "line", to: { x: 1 } }],
  ] as [shapes.Shape<unknown>, unknown][])("%# reads what fits", (shape, value) => {
    expect(shape(value, "f:")).toEqual(value);
  });

  it.each([
    [number, "1", 'f: must be a number, not "1"'],
    [number, Number.POSITIVE_INFINITY, "f: must be a number, not Infinity"],
    [number, null, "f: must be a number, not null"],
    [amount, -0.1, "f: must be a number from 0 on, not -0.1"],
    [count, 1.5, "f: must be a whole number from 0 on, not 1.5"],
    [count, 2 ** 53, "f: must be a whole number from 0 on, not 9007199254740992"],
    [text, ["a"], "f: must be a text, not a list"],
    [flag, { a: 1 }, "f: must be true or false, not an object"],
    [oneOf(["a", "b"]), "toString", 'f: must be one of "a", "b", not "toString"'],
    [oneOf(["a"]), "x".repeat(99), `f: must be "a", not "${"x".repeat(39)}…`],
    [list(count), {}, "f: must be a list, not an object"],
    [list(list(count)), [[1], [2, "3"]], 'f:[1][1] must be a whole number from 0 on, not "3"'],
    [point, [], "f: must be an object, not a list"],
    [point, {}, "f: x is missing"],
    [point, Object.create({ x: 1 }), "f: x is missing"],
    [point, { x: 1, name: 2 }, "f: name must be a text, not 2"],
    [point, { x: 1, name: undefined }, "f: name is missing"],
    [someOf(["a"], point), { a: {} }, "f: a.x is missing"],
    [figure, {}, "f: kind is missing"],
    [figure, { kind: "__proto__" }, 'f: kind must be one of "dot", "line", not "__proto__"'],
    [figure, { kind: "line", to: { x: "\n" } }, 'f: to.x must be a number, not "\\n"'],
  ] as [shapes.Shape<unknown>, unknown, string][])(
    "%# refuses what does not",
    (shape, value, words) => {
      expect(() => shape(value, "f:")).toThrow(words);
    },
  );

  it("leaves away what it is not told of", () => {
    const value: unknown = JSON.parse('{"x":1,"y":2,"__proto__":{"name":"evil"}}');
    const read = point(value, "f:");
    expect(Object.keys(read)).toEqual(["x"]);
    expect(read.name).toBeUndefined();
    expect(someOf(["a"], count)({ a: 1, b: "x" }, "f:")).toEqual({ a: 1 });
  });
});
