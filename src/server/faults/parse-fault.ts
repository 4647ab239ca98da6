import { usageError } from "../../errors.ts";
import { parseDurationMs } from "../../units.ts";
import { CATALOGUE, FAULT_NAMES, type FaultSpec, notationOf, type WhenKind } from "./catalogue.ts";
import type { Fault, When } from "./fault.ts";

/**
 * A fault is written `NAME[=VALUE][@WHEN]`: what, how much, and when.
 *
 * 1. `@5%` – each time with this chance: for each message, ping or client that it could strike.
 * 2. `@10msgs` – once, at the tenth message that a client is sent; an end comes right behind it.
 * 3. `@5s` – once, five seconds after the opening.
 *
 * Without WHEN it strikes each time; an end comes at once.
 */
const ALWAYS: When = { kind: "chance", probability: 1 };
const AT_ONCE: When = { kind: "time", ms: 0 };

/** `drop@5%`, `close=4000@10msgs` … @throws FramecatError (usage) naming `flag` */
export function parseFault(text: string, flag: string): Fault {
  const [, word = "", equals, value = "", at, when = ""] =
    /^([^=@]*)(=([^@]*))?(@(.*))?$/s.exec(text) ?? [];
  const name = FAULT_NAMES.find((known) => known === word);
  if (!name) {
    throw usageError(`${flag} ${JSON.stringify(word)} is none of ${FAULT_NAMES.join(", ")}`);
  }
  const spec = CATALOGUE[name];
  const wrong = (): Error =>
    usageError(`${flag} must be ${notationOf(name)}, not ${JSON.stringify(text)}`);
  const hasValue = equals !== undefined && value !== "";
  if (spec.value === undefined ? equals !== undefined : !hasValue && !mayLack(spec, equals)) {
    throw wrong();
  }
  const kinds = spec.when;
  const chosen = at === undefined ? defaultOf(kinds) : parseWhen(when, kinds, `${flag} ${name}`);
  if (!chosen) throw wrong();
  return spec.make({ text, value, when: chosen, flag: `${flag} ${name}` });
}

/** All faults of one server. @throws FramecatError (usage) where they contradict each other */
export function parseFaults(texts: readonly string[], flag: string): readonly Fault[] {
  const faults = texts.map((text) => parseFault(text, flag));
  for (const [i, { text, name, family }] of faults.entries()) {
    const same = faults.slice(0, i).some((other) => {
      return other.text === text || (family === "link" && other.name === name);
    });
    if (same) throw usageError(`${flag} ${name} is given twice`);
  }
  return faults;
}

function mayLack({ optional = false }: FaultSpec, equals: string | undefined): boolean {
  return optional && equals === undefined;
}

function defaultOf(kinds: readonly WhenKind[]): When {
  return kinds.includes("time") ? AT_ONCE : ALWAYS;
}

/** Undefined where it is none of these kinds. */
function parseWhen(text: string, kinds: readonly WhenKind[], flag: string): When | undefined {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  const number = /^(\d{1,9})msgs?$/.exec(text)?.[1];
  if (percent !== undefined) return kinds.includes("chance") ? chanceOf(percent) : undefined;
  if (number !== undefined) {
    const fits = kinds.includes("message") && Number(number) > 0;
    return fits ? { kind: "message", number: Number(number) } : undefined;
  }
  if (!kinds.includes("time") || !/^\d.*[a-z]$/i.test(text)) return undefined;
  return { kind: "time", ms: parseDurationMs(text, flag) };
}

function chanceOf(percent: string): When | undefined {
  const probability = Number(percent) / 100;
  return probability > 0 && probability <= 1 ? { kind: "chance", probability } : undefined;
}
