import { usageError } from "../errors.ts";

/**
 * Reads a value that came from outside as one of type `T`: what is not told of is left away, and what
 * is not as told is a usage error that names the place. `at` is the place: `run.json:` for the whole,
 * then `run.json: settings.load`.
 */
export type Shape<T> = (value: unknown, at: string) => T;

type OptionalKey<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
type RequiredShapes<T> = { readonly [K in Exclude<keyof T, OptionalKey<T>>]: Shape<T[K]> };
type OptionalShapes<T> = { readonly [K in OptionalKey<T>]-?: Shape<Exclude<T[K], undefined>> };

/** The longest value that is shown whole. */
const SHOWN = 40;

/** A usage error: what stands there is not what is expected. */
export function mismatch(at: string, expected: string, value: unknown): Error {
  return usageError(
    value === undefined ? `${at} is missing` : `${at} must be ${expected}, not ${shown(value)}`,
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function inside(at: string, name: string): string {
  return at.endsWith(":") ? `${at} ${name}` : `${at}.${name}`;
}

/** An object that has all of `required`, and may have what is `optional`. */
export function object<T extends object>(
  required: RequiredShapes<T>,
  optional: OptionalShapes<T>,
): Shape<T> {
  return (value, at) => {
    const given = fieldsOf(value, at);
    const read: [string, unknown][] = [];
    for (const [name, shape] of shapesOf(required)) {
      read.push([name, shape(given.get(name), inside(at, name))]);
    }
    for (const [name, shape] of shapesOf(optional)) {
      if (given.has(name)) read.push([name, shape(given.get(name), inside(at, name))]);
    }
    return Object.fromEntries(read) as T;
  };
}

function shapesOf(shapes: object): [name: string, shape: Shape<unknown>][] {
  return Object.entries(shapes) as [string, Shape<unknown>][];
}

/** The fields of an object by name; what is inherited is none. */
export function fieldsOf(value: unknown, at: string): ReadonlyMap<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return new Map(Object.entries(value));
  }
  throw mismatch(at, "an object", value);
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw mismatch(at, "a list", value);
    return value.map((each: unknown, index) => item(each, `${at}[${index}]`));
  };
}

export function oneOf<const T extends string>(choices: readonly T[]): Shape<T> {
  return (value, at) => {
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    const words = choices.map((choice) => JSON.stringify(choice));
    throw mismatch(at, words.length === 1 ? (words[0] ?? "") : `one of ${words.join(", ")}`, value);
  };
}

/** Some of the fields that have these names, all of the same shape. */
export function someOf<K extends string, T>(
  names: readonly K[],
  shape: Shape<T>,
): Shape<Readonly<Partial<Record<K, T>>>> {
  return (value, at) => {
    const given = fieldsOf(value, at);
    const read: { [name in K]?: T } = {};
    for (const name of names) {
      if (given.has(name)) read[name] = shape(given.get(name), inside(at, name));
    }
    return read;
  };
}

/** An object whose field `key` says which of the shapes it has. */
export function variants<T extends object>(
  key: string,
  shapes: Readonly<Record<string, Shape<T>>>,
): Shape<T> {
  const kind = oneOf(Object.keys(shapes));
  return (value, at) => {
    const chosen = kind(fieldsOf(value, at).get(key), inside(at, key));
    const shape = shapes[chosen];
    if (!shape) throw mismatch(at, "known", value);
    return shape(value, at);
  };
}

export const text: Shape<string> = (value, at) => {
  if (typeof value === "string") return value;
  throw mismatch(at, "a text", value);
};

export const flag: Shape<boolean> = (value, at) => {
  if (typeof value === "boolean") return value;
  throw mismatch(at, "true or false", value);
};

/** A finite number; JSON may hold larger ones than a double. */
export const number: Shape<number> = (value, at) => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw mismatch(at, "a number", value);
};

/** A number from 0 on. */
export const amount: Shape<number> = (value, at) => {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw mismatch(at, "a number from 0 on", value);
};

/** A whole number from 0 on. */
export const count: Shape<number> = (value, at) => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw mismatch(at, "a whole number from 0 on", value);
};
