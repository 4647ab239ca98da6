import { fileURLToPath } from "node:url";
import type { Decoded, DecodedValue } from "../../src/decode/decoded.ts";

/**
 * A decoded value in values that compare well: bytes as `h'…'`, words as `<…>`, numbers as digits, a
 * map as pairs, a tag as an object.
 */
export function plainOf(value: DecodedValue | undefined): unknown {
  if (value === undefined) return undefined;
  switch (value.kind) {
    case "text":
      return JSON.stringify(value.text);
    case "number":
      return value.digits;
    case "word":
      return `<${value.word}>`;
    case "bytes":
      return `h'${Buffer.from(value.bytes).toString("hex")}'`;
    case "list":
      return value.items.map(plainOf);
    case "map":
      return new Map(
        value.entries.map(({ key, value: inner }) => [
          typeof key === "string" ? key : plainOf(key),
          plainOf(inner),
        ]),
      );
    default:
      return { [value.tag]: plainOf(value.value) };
  }
}

/** All values, and where it stopped. */
export function plainDecoded({ values, stopped }: Decoded): [unknown[], number | undefined] {
  return [values.map(plainOf), stopped?.offset];
}

/** The path of a file of definitions. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/decode/${name}`, import.meta.url));
}
