import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { expect } from "vitest";
import type { BenchResult } from "../../src/bench/result.ts";

const compiled = new Map<string, ValidateFunction>();

/** The document that a command printed: one line, which keeps to the committed schema. */
export function expectDocument(schema: string, text: string): unknown {
  expect(text.indexOf("\n")).toBe(text.length - 1);
  const document: unknown = JSON.parse(text);
  expectValid(schema, document);
  return document;
}

export function expectValid(schema: string, document: unknown): void {
  const validate = compiled.get(schema) ?? compile(schema);
  void validate(document);
  expect(validate.errors).toBeNull();
}

/** The result that `bench --json` printed. */
export function benchDocument(text: string): BenchResult {
  return expectDocument("bench", text) as BenchResult;
}

function compile(schema: string) {
  const file = `src/schema/${schema}.schema.json`;
  const ajv = new Ajv({ strict: true, formats: { "date-time": isTime } });
  const validate = ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
  compiled.set(schema, validate);
  return validate;
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}
