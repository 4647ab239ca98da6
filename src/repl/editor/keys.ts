import { StringDecoder } from "node:string_decoder";

/**
 * What a terminal sends, as keys. Bytes in, keys out, whatever the chunks:
 *
 * 1. Bytes are UTF-8; what a chunk cuts waits for its rest.
 * 2. Printable characters come as text, as many as there are together.
 * 3. ESC begins a sequence, or is Alt held with the next key, or is the Escape key: when nothing
 *    follows for a while, the owner calls `flush`.
 * 4. A sequence that means nothing here is ignored as a whole, and so are replies (OSC, DCS, …).
 * 5. A bracketed paste is data up to its end mark: no key in it is a key.
 */
export type Key =
  | { readonly type: "text"; readonly text: string }
  /** Line ends are newlines; all else is as it came. */
  | { readonly type: "paste"; readonly text: string }
  /** As `Enter`, `C-a`, `M-b`, `C-Left`: C for Ctrl, M for Alt, S for Shift, in this order. */
  | { readonly type: "key"; readonly name: string };

export interface KeyDecoder {
  write(bytes: Uint8Array): Key[];
  /** True inside a sequence that time may end. */
  readonly pending: boolean;
  /** Ends the sequence begun: a lone ESC is the Escape key. */
  flush(): Key[];
}

type State =
  | { readonly name: "ground" }
  | { readonly name: "escape" | "ss3"; readonly alt: boolean }
  | { readonly name: "csi"; readonly alt: boolean; readonly held: string }
  | { readonly name: "reply"; readonly escaped: boolean }
  | { readonly name: "paste"; readonly parts: string[]; readonly tail: string };

const ESC = "\u001b";
const BEL = "\u0007";
const PASTE_END = `${ESC}[201~`;
/** No sequence that means something here is longer, so that no more of one is kept. */
const MAX_HELD = 64;
const GROUND: State = { name: "ground" };
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const PRINTABLE = /[^\u0000-\u001f\u007f-\u009f]+/y;

export function createKeyDecoder(): KeyDecoder {
  const utf8 = new StringDecoder("utf8");
  let state: State = GROUND;
  const decode = (text: string): Key[] => {
    const keys: Key[] = [];
    for (let at = 0; at < text.length;) {
      const step = take(state, text, at);
      state = step.state;
      at = step.next;
      if (step.key) keys.push(step.key);
    }
    return keys;
  };
  return {
    write: (bytes) => decode(utf8.write(Buffer.from(bytes))),
    get pending() {
      return state.name !== "ground" && state.name !== "paste";
    },
    flush: () => {
      const alone = state.name === "escape";
      if (state.name !== "paste") state = GROUND;
      return alone ? [press("Escape")] : [];
    },
  };
}

interface Step {
  readonly state: State;
  /** Where the next step begins; a character that ends a sequence by breaking it is read again. */
  readonly next: number;
  readonly key?: Key | undefined;
}

function take(state: State, text: string, at: number): Step {
  switch (state.name) {
    case "ground":
      return ground(text, at);
    case "escape":
      return afterEscape(state.alt, text, at);
    case "ss3":
      return { state: GROUND, next: at + 1, key: functionKey(SS3, text[at], modifiers(state.alt)) };
    case "csi":
      return inCsi(state.alt, state.held, text, at);
    case "reply":
      return inReply(state.escaped, text, at);
    default:
      return inPaste(state.parts, state.tail + text.slice(at), text.length);
  }
}

function ground(text: string, at: number): Step {
  PRINTABLE.lastIndex = at;
  const [run] = PRINTABLE.exec(text) ?? [];
  if (run !== undefined) {
    return { state: GROUND, next: at + run.length, key: { type: "text", text: run } };
  }
  const char = text[at] ?? "";
  if (char === ESC) return { state: { name: "escape", alt: false }, next: at + 1 };
  const name = nameOfCharacter(char);
  return { state: GROUND, next: at + 1, key: name === undefined ? undefined : press(name) };
}

function afterEscape(alt: boolean, text: string, at: number): Step {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const next = at + char.length;
  if (char === ESC) return { state: { name: "escape", alt: true }, next };
  if (char === "[") return { state: { name: "csi", alt, held: "" }, next };
  if (char === "O") return { state: { name: "ss3", alt }, next };
  if ("]P_^X".includes(char)) return { state: { name: "reply", escaped: false }, next };
  const name = nameOfCharacter(char);
  return { state: GROUND, next, key: name === undefined ? undefined : press(withAlt(name)) };
}

function inCsi(alt: boolean, held: string, text: string, at: number): Step {
  const char = text[at] ?? "";
  // The Linux console sends F1 to F5 as `ESC [ [ A`.
  const more = held === "" && char === "[";
  if (more || (char >= " " && char <= "?")) {
    return { state: { name: "csi", alt, held: (held + char).slice(0, MAX_HELD) }, next: at + 1 };
  }
  if (char < "@" || char > "~") return { state: GROUND, next: at };
  if (held === "200" && char === "~") {
    return { state: { name: "paste", parts: [], tail: "" }, next: at + 1 };
  }
  return { state: GROUND, next: at + 1, key: csiKey(held, char, alt) };
}

/** A reply ends with BEL or ESC \. */
function inReply(escaped: boolean, text: string, at: number): Step {
  const char = text[at] ?? "";
  if (escaped && char !== "\\") return { state: { name: "escape", alt: false }, next: at };
  const ended = escaped || char === BEL;
  return { state: ended ? GROUND : { name: "reply", escaped: char === ESC }, next: at + 1 };
}

/** @param text what is not yet looked at, with as much before it as may begin the end mark */
function inPaste(parts: string[], text: string, length: number): Step {
  const end = text.indexOf(PASTE_END);
  if (end === -1) {
    const kept = text.length - PASTE_END.length + 1;
    parts.push(text.slice(0, Math.max(kept, 0)));
    return { state: { name: "paste", parts, tail: text.slice(Math.max(kept, 0)) }, next: length };
  }
  const whole = parts.join("") + text.slice(0, end);
  return {
    state: GROUND,
    next: length - (text.length - end - PASTE_END.length),
    key: { type: "paste", text: whole.replace(/\r\n?/g, "\n") },
  };
}

/** How a single character is called when it is a key: `C-a`, `Enter`; a letter is itself. */
function nameOfCharacter(char: string): string | undefined {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x09) return "Tab";
  if (code === 0x0d) return "Enter";
  if (code === 0x7f) return "Backspace";
  if (code < 0x20) return `C-${String.fromCodePoint(code + 0x40).toLowerCase()}`;
  return code >= 0x80 && code < 0xa0 ? undefined : char.toLowerCase();
}

function press(name: string): Key {
  return { type: "key", name };
}

function withAlt(name: string): string {
  return name.startsWith("C-") ? `C-M-${name.slice(2)}` : `M-${name}`;
}

const CURSOR_KEYS: Readonly<Record<string, string>> = {
  A: "Up",
  B: "Down",
  C: "Right",
  D: "Left",
  F: "End",
  H: "Home",
};

/** Rxvt sends lower case with Ctrl. */
const SS3: Readonly<Record<string, string>> = {
  ...CURSOR_KEYS,
  M: "Enter",
  a: "C-Up",
  b: "C-Down",
  c: "C-Right",
  d: "C-Left",
};

const NUMBERED: Readonly<Record<string, string>> = {
  1: "Home",
  2: "Insert",
  3: "Delete",
  4: "End",
  5: "PageUp",
  6: "PageDown",
  7: "Home",
  8: "End",
};

function csiKey(held: string, final: string, alt: boolean): Key | undefined {
  if (!/^[\d;:]*$/.test(held)) return undefined;
  const [first = "", second = "", third = ""] = held.split(";");
  const pressed = modifiers(alt, Number.parseInt(second, 10));
  if (final === "~" && first === "27") return characterKey(third, pressed);
  if (final === "~") return functionKey(NUMBERED, first, pressed);
  if (final === "^") return functionKey(NUMBERED, first, modifiers(alt, 5));
  if (final === "u") return characterKey(first, pressed);
  if (final === "Z") return press("S-Tab");
  return functionKey(CURSOR_KEYS, final, pressed);
}

interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/** @param code 1 and the sum of 1 for Shift, 2 for Alt, 4 for Ctrl, as xterm sends it */
function modifiers(alt: boolean, code = 1): Modifiers {
  const bits = Number.isNaN(code) ? 0 : code - 1;
  return { shift: (bits & 1) !== 0, alt: alt || (bits & 2) !== 0, ctrl: (bits & 4) !== 0 };
}

function functionKey(
  table: Readonly<Record<string, string>>,
  key: string | undefined,
  held: Modifiers,
): Key | undefined {
  const name = key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
  return name === undefined ? undefined : press(prefix(held) + name);
}

/** A key that a terminal sends by its code point, as some do for Shift-Enter. */
function characterKey(code: string, held: Modifiers): Key | undefined {
  const point = Number.parseInt(code, 10);
  if (!(point > 0 && point <= 0x10ffff)) return undefined;
  const char = String.fromCodePoint(point);
  const name = point === 27 ? "Escape" : nameOfCharacter(char);
  if (name === undefined) return undefined;
  if (name === char.toLowerCase() && !held.alt && !held.ctrl) return { type: "text", text: char };
  return press(prefix(name.length === 1 ? { ...held, shift: false } : held) + name);
}

function prefix({ ctrl, alt, shift }: Modifiers): string {
  return `${ctrl ? "C-" : ""}${alt ? "M-" : ""}${shift ? "S-" : ""}`;
}

const CHARACTERS: Readonly<Record<string, string>> = {
  Tab: "\t",
  Enter: "\n",
  Backspace: "\u007f",
  Escape: ESC,
};

/** The character that a key sends, or nothing where it sends more than one. */
export function characterOf(name: string): string {
  const [, control] = /^C-(.)$/.exec(name) ?? [];
  if (control !== undefined) {
    return String.fromCodePoint((control.toUpperCase().codePointAt(0) ?? 0) & 0x1f);
  }
  return CHARACTERS[name] ?? "";
}
