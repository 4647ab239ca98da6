import { followTheme } from "./page/client.ts";

/**
 * The script of the page of a server. It is put into the page by the source of its functions, under
 * the rules of src/render/page/client.ts: they call each other, and use nothing else of this module.
 *
 * 1. What comes is noted at once, and drawn with the next frame of the screen, so that a server that
 *    sends faster than a screen can show stops nothing. The last messages are kept, the others counted.
 * 2. All of it gets into the page as text, never as markup.
 */

interface Node {
  readonly dataset: Record<string, string | undefined>;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  readonly childElementCount: number;
  readonly firstElementChild: Node | null;
  scrollTop: number;
  textContent: string;
  className: string;
  href: string;
  value: string;
  checked: boolean;
  disabled: boolean;
  append(...children: Node[]): void;
  remove(): void;
  replaceChildren(): void;
  focus(): void;
  requestSubmit(): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
}
interface PageEvent {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  preventDefault(): void;
}
declare const document: {
  createElement(name: string): Node;
  querySelector(selector: string): Node | null;
};
declare const location: {
  readonly protocol: string;
  readonly host: string;
  readonly search: string;
};
declare function requestAnimationFrame(draw: () => void): void;
declare class WebSocket {
  static readonly OPEN: number;
  constructor(url: string, protocols: readonly string[]);
  binaryType: string;
  readonly readyState: number;
  readonly protocol: string;
  readonly extensions: string;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "open" | "message" | "close",
    listener: (event: { data: unknown; code: number; reason: string; wasClean: boolean }) => void,
  ): void;
}

/** What the server tells of itself. */
export interface PageFacts {
  /** Names of close codes. */
  readonly closeNames: Readonly<Record<string, string>>;
  /** Asked for at first, as a list with commas. */
  readonly subprotocols: string;
  readonly parameter?: PageParameter;
}

/** A parameter of the address that nobody types: what shows that the page is this server's. */
export interface PageParameter {
  readonly name: string;
  readonly token: string;
}

type Side = "in" | "out" | "note";

interface Entry {
  readonly side: Side;
  readonly atMs: number;
  readonly kind: string;
  readonly size: string;
  readonly text: string;
}

interface Talk {
  readonly facts: PageFacts;
  readonly counts: { in: number; out: number; inBytes: number; outBytes: number };
  socket: WebSocket | undefined;
  /** Not drawn yet. */
  fresh: Entry[];
  leftOut: number;
  willDraw: boolean;
  openedAtMs: number;
  /** The person has asked for the end of the connection. */
  isLeaving: boolean;
}

/** Text in which what would be hidden, or turn the direction of writing, is made visible. */
export function visible(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (char) => {
      const code = char.charCodeAt(0);
      return code < 0x80
        ? `\\x${code.toString(16).padStart(2, "0")}`
        : `\\u${code.toString(16).padStart(4, "0")}`;
    },
  );
}

/** `5 B`, `1.2 KiB`. */
export function sizeWords(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const step = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  const digits = step === 0 ? 0 : 1;
  return `${Number((bytes / 1024 ** step).toFixed(digits))} ${units[step]}`;
}

/** The time of the day, as a terminal shows it. */
export function timeWords(atMs: number): string {
  const at = new Date(atMs);
  const two = (number: number) => String(number).padStart(2, "0");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  return `${time}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** The first bytes with their places and characters. */
export function hexLines(bytes: Uint8Array): string {
  const shown = Math.min(bytes.length, 256);
  const lines: string[] = [];
  for (let start = 0; start < shown; start += 16) {
    const row = Array.from(bytes.subarray(start, Math.min(start + 16, shown)));
    const pairs = row.map((octet) => octet.toString(16).padStart(2, "0"));
    const hex = [pairs.slice(0, 8), pairs.slice(8)].map((half) => half.join(" ")).join("  ");
    const chars = row.map((octet) =>
      octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : ".",
    );
    const width = shown > 16 ? 49 : 0;
    lines.push(`${start.toString(16).padStart(4, "0")}  ${hex.padEnd(width)} ${chars.join("")}`);
  }
  const rest = bytes.length - shown;
  return lines.join("\n") + (rest > 0 ? `\n… and ${rest.toLocaleString("en-US")} bytes more` : "");
}

/** `48 65 6c`, `48656c`, `0x48, 0x65`; undefined for what is no hex. */
export function parseHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/0x|[\s,:]/gi, "");
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** As much of a long text as is shown. */
export function shortened(text: string): string {
  const rest = text.length - 4000;
  if (rest <= 0) return visible(text);
  return `${visible(text.slice(0, 4000))}\n… and ${rest.toLocaleString("en-US")} characters more`;
}

export function element(selector: string): Node {
  const node = document.querySelector(selector);
  if (!node) throw new Error(`there is no ${selector}`);
  return node;
}

export function addressOf(path: string): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}${path.startsWith("/") ? "" : "/"}${path}`;
}

/** The address with the parameter, if there is one. */
export function withParameter(url: string, parameter: PageParameter | undefined): string {
  if (!parameter) return url;
  const [name, token] = [parameter.name, parameter.token].map(encodeURIComponent);
  return `${url}${url.includes("?") ? "&" : "?"}${name}=${token}`;
}

/** Notes what happened, to be drawn with the next frame. */
export function noteEntry(talk: Talk, entry: Omit<Entry, "atMs">): void {
  talk.fresh.push({ ...entry, atMs: Date.now() });
  if (talk.fresh.length > 500) {
    talk.fresh.shift();
    talk.leftOut += 1;
  }
  if (talk.willDraw) return;
  talk.willDraw = true;
  requestAnimationFrame(() => drawEntries(talk));
}

export function noteMessage(talk: Talk, side: "in" | "out", data: string | Uint8Array): void {
  const isText = typeof data === "string";
  const bytes = isText ? new TextEncoder().encode(data).length : data.length;
  talk.counts[side] += 1;
  talk.counts[side === "in" ? "inBytes" : "outBytes"] += bytes;
  noteEntry(talk, {
    side,
    kind: isText ? "text" : "binary",
    size: sizeWords(bytes),
    text: isText ? shortened(data) : hexLines(data),
  });
}

export function rowOf({ side, atMs, kind, size, text }: Entry): Node {
  const row = document.createElement("li");
  row.className = `${side} ${kind}`;
  const parts: readonly (readonly [string, string])[] = [
    ["time", timeWords(atMs)],
    ["arrow", side === "in" ? "←" : side === "out" ? "→" : "·"],
    ["kind", kind],
    ["size", size],
    ["payload", text],
  ];
  for (const [name, words] of parts) {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = words;
    row.append(part);
  }
  return row;
}

/** Follows what comes unless somebody has scrolled back. */
export function drawEntries(talk: Talk): void {
  talk.willDraw = false;
  const list = element("#messages");
  const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(...talk.fresh.map(rowOf));
  talk.fresh = [];
  while (list.childElementCount > 500) {
    list.firstElementChild?.remove();
    talk.leftOut += 1;
  }
  if (follows) list.scrollTop = list.scrollHeight;
  const { counts, leftOut } = talk;
  const number = (count: number) => count.toLocaleString("en-US");
  element("#counts").textContent =
    `${number(counts.out)} sent, ${sizeWords(counts.outBytes)} · ` +
    `${number(counts.in)} received, ${sizeWords(counts.inBytes)}` +
    (leftOut > 0 ? ` · ${number(leftOut)} older lines are not shown` : "");
}

export function showState(tone: string, words: string, isOpen: boolean): void {
  const state = element("#state");
  state.className = `verdict ${tone}`;
  element("#state span").textContent = words;
  element("#send").disabled = !isOpen;
  element("#close").disabled = !isOpen;
  element("#connect").textContent = isOpen ? "Reconnect" : "Connect";
}

export function problem(words: string): void {
  element("#problem").textContent = words;
}

/** Leaves the connection that there is, and opens another one. */
export function connect(talk: Talk): void {
  problem("");
  const before = talk.socket;
  talk.socket = undefined;
  before?.close(1000);
  const url = addressOf(element("#path").value);
  const protocols = element("#subprotocol")
    .value.split(/[\s,]+/)
    .filter((name) => name !== "");
  // What follows may be a secret, and a heading is on every screenshot.
  element("#address").textContent = visible(url.replace(/\?.*$/s, ""));
  try {
    talk.socket = new WebSocket(withParameter(url, talk.facts.parameter), protocols);
  } catch (error) {
    showState("bad", "Not connected", false);
    return problem((error as Error).message);
  }
  showState("quiet", "Connecting …", false);
  listenTo(talk, talk.socket);
}

export function listenTo(talk: Talk, socket: WebSocket): void {
  talk.openedAtMs = 0;
  talk.isLeaving = false;
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    if (talk.socket !== socket) return;
    talk.openedAtMs = Date.now();
    const terms = [socket.protocol, socket.extensions].filter((term) => term !== "");
    const words = ["Open", ...terms.map(visible)].join(" · ");
    showState("good", words, true);
    noteEntry(talk, { side: "note", kind: "", size: "", text: "connected" });
  });
  socket.addEventListener("message", ({ data }) => {
    if (talk.socket !== socket) return;
    noteMessage(talk, "in", typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
  });
  socket.addEventListener("close", (event) => {
    if (talk.socket === socket) closed(talk, event);
  });
}

export function closed(
  talk: Talk,
  { code, reason, wasClean }: { code: number; reason: string; wasClean: boolean },
): void {
  const name = talk.facts.closeNames[code] ?? "";
  const parts = [`${code} ${name}`.trim(), ...(reason === "" ? [] : [`“${visible(reason)}”`])];
  const seconds = (Date.now() - talk.openedAtMs) / 1000;
  const words =
    talk.openedAtMs === 0
      ? `The connection could not be opened (${parts.join(" ")})`
      : `Closed: ${parts.join(" ")}, ${wasClean ? "clean" : "not clean"}, after ${Number(seconds.toPrecision(2))} s`;
  const isGood = wasClean && (talk.isLeaving || [1000, 1001, 1005].includes(code));
  showState(isGood ? "quiet" : "bad", words, false);
  noteEntry(talk, { side: "note", kind: "", size: "", text: words });
}

/** Sends what is typed, as the text or the bytes that it stands for. */
export function sendTyped(talk: Talk): void {
  problem("");
  const { socket } = talk;
  const field = element("#text");
  const data = element("#hex").checked ? parseHex(field.value) : field.value;
  if (data === undefined) return problem("This is no hex: pairs of 0–9 and a–f, as 48 65 6c.");
  if (socket?.readyState !== WebSocket.OPEN) return problem("There is no connection.");
  socket.send(data);
  noteMessage(talk, "out", data);
  field.value = "";
  field.focus();
}

export function closeTyped(talk: Talk): void {
  problem("");
  const [code, reason] = [element("#code").value.trim(), element("#reason").value];
  try {
    if (code === "") talk.socket?.close();
    else talk.socket?.close(Number(code), reason);
    talk.isLeaving = true;
  } catch {
    problem("A page may close with 1000 or 3000–4999, and a reason of at most 123 bytes.");
  }
}

export function onSubmit(selector: string, run: () => void): void {
  element(selector).addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
}

export function startTalk(): void {
  const facts = JSON.parse(element("#facts").textContent) as PageFacts;
  const counts = { in: 0, out: 0, inBytes: 0, outBytes: 0 };
  const talk: Talk = {
    facts,
    counts,
    socket: undefined,
    fresh: [],
    leftOut: 0,
    willDraw: false,
    openedAtMs: 0,
    isLeaving: false,
  };
  // Who had to show a token for the page has to show it for these, too.
  element("#metrics").href = `/metrics${location.search}`;
  element("#path").value = `/${location.search}`;
  element("#subprotocol").value = facts.subprotocols;
  onSubmit("#connection", () => connect(talk));
  onSubmit("#composer", () => sendTyped(talk));
  onSubmit("#closing", () => closeTyped(talk));
  element("#clear").addEventListener("click", () => {
    element("#messages").replaceChildren();
    talk.leftOut = 0;
    drawEntries(talk);
  });
  element("#text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    element("#composer").requestSubmit();
  });
  connect(talk);
  element("#text").focus();
}

/** The source of the script: all of the functions above, and what begins. */
export function listenPageScript(): string {
  const functions = [
    visible,
    sizeWords,
    timeWords,
    hexLines,
    parseHex,
    shortened,
    element,
    addressOf,
    withParameter,
    noteEntry,
    noteMessage,
    rowOf,
    drawEntries,
    showState,
    problem,
    connect,
    listenTo,
    closed,
    sendTyped,
    closeTyped,
    onSubmit,
    startTalk,
    followTheme,
  ];
  const start = `${followTheme.name}(() => undefined);\n${startTalk.name}();\n`;
  return `"use strict";\n${functions.map(String).join("\n")}\n${start}`;
}
