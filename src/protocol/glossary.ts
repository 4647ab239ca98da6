import { describeCloseCode } from "./close-codes.ts";
import { describeOpcode } from "./opcodes.ts";
import { RULES, type RuleBody } from "./rules.ts";
import { isSlip } from "./slips.ts";
import {
  EXTENSION_TERMS,
  FRAME_TERMS,
  HEADER_TERMS,
  STATUS_TERMS,
  type WrittenTerm,
} from "./terms.ts";

/** What is known of a word, and where it is written. */
export interface Term {
  /** What kind of word it is: `close code`. */
  readonly topic: string;
  readonly name: string;
  /** As people write it, in lower case. */
  readonly keys: readonly string[];
  readonly meaning: string;
  /** `RFC 6455, section 7.4.1`; absent for words of our own. */
  readonly source?: string;
}

/** Everything that RFC 6455, RFC 7692 and the registries name, and the rules that are checked. */
export function glossary(): Term[] {
  return [
    ...closeCodes(),
    ...Array.from({ length: 16 }, (_, opcode) => opcodeTerm(opcode)),
    ...FRAME_TERMS.map((term) => written("part of a frame", term)),
    ...HEADER_TERMS.map((term) => written("header", term)),
    ...STATUS_TERMS.map(statusTerm),
    ...EXTENSION_TERMS.map((term) => written("extension", term)),
    ...Object.entries(RULES).map(([id, rule]) => ruleTerm(id, rule)),
  ];
}

/**
 * The terms that a word names: it may mean several things, as 9 does. Any close code has a meaning,
 * if only by its range.
 */
export function lookUp(word: string, terms: readonly Term[]): Term[] {
  const key = keyOf(word);
  const found = terms.filter(({ keys }) => keys.includes(key));
  const code = /^(?:close )?(\d{4,5})$/.exec(key)?.[1];
  const ranged = code !== undefined && found.length === 0 && Number(code) <= 0xffff;
  return ranged ? [closeTerm(Number(code))] : found;
}

/** Names that the word is near to: those that it is a part of, or a slip of one or two letters away. */
export function nearTerms(word: string, terms: readonly Term[]): string[] {
  const key = keyOf(word);
  if (key === "" || key.length > MAX_WORD) return [];
  const near = terms.filter(({ keys }) =>
    keys.some((one) => (key.length > 2 && one.includes(key)) || isSlip(key, one)),
  );
  return [...new Set(near.map(({ name }) => name))];
}

const MAX_WORD = 60;

/** `0x09` → `0x9`, `Sec-WebSocket-Key:` → `sec-websocket-key`, `close code 1006` → `close 1006`. */
function keyOf(word: string): string {
  const plain = word.trim().toLowerCase().replace(/[:.]$/, "").replaceAll(/\s+/g, " ");
  return plain
    .replace(/^((?:opcode )?0x)0+(?=[\da-f])/, "$1")
    .replace(/^(close|exit|http|status)(?: status)? code (?=\d)/, "$1 ");
}

function closeCodes(): Term[] {
  return (
    Array.from({ length: 4000 }, (_, code) => code)
      // What is known of a code by its range alone is not registered.
      .filter((code) => describeCloseCode(code).source !== "7.4.2")
      .map(closeTerm)
  );
}

function closeTerm(number: number): Term {
  const { code, name, meaning, source, mayTravel } = describeCloseCode(number);
  const travels =
    mayTravel || meaning.includes("never sent") ? "" : "; it may not stand in a Close frame";
  return {
    topic: "close code",
    name: `${code} ${name}`,
    keys: [String(code), `close ${code}`, name.toLowerCase()],
    meaning: `${meaning}${travels}`,
    source: sourceOf(source),
  };
}

function opcodeTerm(opcode: number): Term {
  const { name, meaning, section, reserved } = describeOpcode(opcode);
  const hex = `0x${opcode.toString(16)}`;
  const numbers = [hex, String(opcode)];
  return {
    topic: "opcode",
    name: `${hex} ${reserved ? "reserved" : name}`,
    keys: [
      ...numbers,
      ...numbers.map((number) => `opcode ${number}`),
      name,
      ...(opcode === 0 ? ["cont"] : []),
    ],
    meaning,
    source: sourceOf(section),
  };
}

function written(topic: string, { name, also = [], meaning, section }: WrittenTerm): Term {
  const keys = [name.toLowerCase(), ...also];
  return { topic, name, keys, meaning, source: sourceOf(section) };
}

function statusTerm(term: WrittenTerm): Term {
  const [, code = "", words = ""] = /^(\d+) (.+)$/.exec(term.name.toLowerCase()) ?? [];
  return { ...written("HTTP status", term), keys: [code, `status ${code}`, `http ${code}`, words] };
}

function ruleTerm(id: string, { severity, section, closeCode, explanation }: RuleBody): Term {
  const answer = closeCode === undefined ? "" : ` An endpoint answers with ${closeCode}.`;
  return {
    topic: `rule, ${severity}`,
    name: id,
    keys: [id],
    meaning: `${explanation}${answer}`,
    source: sourceOf(section),
  };
}

function sourceOf(section: string): string {
  if (/^\d/.test(section)) return `RFC 6455, section ${section}`;
  return section.replace(/^(RFC \d+) (?=\d)/, "$1, section ");
}
