import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** True where Debian's chromium is installed; tests of pages are skipped with a message elsewhere. */
export const hasChromium = spawnSync("chromium", ["--version"]).status === 0;

export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly theme?: "light" | "dark";
}

/** A page in a browser without a window, and what it complained of or asked for. */
export interface BrowserPage {
  /** Errors, warnings and refusals of the console, and exceptions. */
  readonly complaints: readonly string[];
  /** All that was requested, the page itself included. */
  readonly requests: readonly string[];
  /** The value of an expression; a promise is awaited. */
  evaluate<T>(expression: string): Promise<T>;
  /** Clicks with a real mouse into the middle of an element. */
  click(selector: string): Promise<void>;
  moveTo(selector: string): Promise<void>;
  resize(viewport: Viewport): Promise<void>;
  /** PNG of all of the page, or of what is in sight. */
  screenshot(options?: { readonly part: "page" | "view" }): Promise<Buffer>;
  /** Shows the page as it would be printed, until the function that it gives is called. */
  emulatePrint(): Promise<() => Promise<void>>;
  pdf(): Promise<Buffer>;
}

export interface Browser {
  /** Opens an address and resolves once all of it is loaded and drawn. */
  open(url: string, viewport?: Viewport): Promise<BrowserPage>;
  close(): Promise<void>;
}

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--hide-scrollbars",
  "--remote-debugging-pipe",
];

/** Starts Debian's chromium with a profile of its own; no port is opened, it is talked to by a pipe. */
export function startChromium(): Browser {
  const profile = mkdtempSync(join(tmpdir(), "framecat-chromium-"));
  const child = spawn("chromium", [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const devTools = speak(child);
  return {
    open: (url, viewport) => openPage(devTools, url, viewport ?? { width: 1280, height: 900 }),
    close: async () => {
      const closed = once(child, "close");
      await devTools.send("Browser.close").catch(() => child.kill("SIGKILL"));
      await closed;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Params = Record<string, unknown>;
type Listener = (method: string, params: Params) => void;

interface DevTools {
  send<T = Params>(method: string, params?: Params, sessionId?: string): Promise<T>;
  listen(sessionId: string, listener: Listener): void;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Params;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The DevTools protocol: JSON texts, each ended by a zero byte. */
function speak(child: ChildProcess): DevTools {
  const [output, input] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, (answer: Answer) => void>();
  const listeners = new Map<string, Listener>();
  let buffered = "";
  let lastId = 0;
  input.setEncoding("utf8").on("data", (chunk: string) => {
    const texts = (buffered + chunk).split("\0");
    buffered = texts.pop() ?? "";
    for (const text of texts) receive(JSON.parse(text) as Answer);
  });
  const receive = (answer: Answer): void => {
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    else listeners.get(answer.sessionId ?? "")?.(answer.method ?? "", answer.params ?? {});
  };
  const fail = (message: string): void => {
    for (const [id, answer] of waiting) answer({ id, error: { message } });
  };
  child.on("error", ({ message }) => fail(message));
  child.on("close", () => fail("chromium ended"));
  output.on("error", ({ message }) => fail(message));
  return {
    send: <T>(method: string, params: Params = {}, sessionId?: string) =>
      new Promise<T>((resolve, reject) => {
        const id = (lastId += 1);
        waiting.set(id, ({ result, error }) => {
          waiting.delete(id);
          if (error) reject(new Error(`${method}: ${error.message}`));
          else resolve(result as T);
        });
        output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      }),
    listen: (sessionId, listener) => void listeners.set(sessionId, listener),
  };
}

async function openPage(devTools: DevTools, url: string, viewport: Viewport): Promise<BrowserPage> {
  const { targetId } = await devTools.send<{ targetId: string }>("Target.createTarget", {
    url: "about:blank",
  });
  const attach = { targetId, flatten: true };
  const { sessionId } = await devTools.send<{ sessionId: string }>("Target.attachToTarget", attach);
  const send = <T = Params>(method: string, params?: Params) =>
    devTools.send<T>(method, params, sessionId);
  const complaints: string[] = [];
  const requests: string[] = [];
  const loaded = new Promise<void>((resolve) => {
    devTools.listen(sessionId, (method, params) => {
      if (method === "Page.loadEventFired") resolve();
      if (method === "Network.requestWillBeSent") requests.push(requestUrl(params));
      const complaint = complaintOf(method, params);
      if (complaint !== undefined) complaints.push(complaint);
    });
  });
  for (const domain of ["Page", "Network", "Runtime", "Log"]) await send(`${domain}.enable`);
  const page = controls(send, { complaints, requests });
  await page.resize(viewport);
  await send("Page.navigate", { url });
  await loaded;
  await painted(page);
  return page;
}

type Send = <T = Params>(method: string, params?: Params) => Promise<T>;

function controls(send: Send, seen: Pick<BrowserPage, "complaints" | "requests">): BrowserPage {
  const evaluate = async <T>(expression: string): Promise<T> => {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await send<{
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string }; text: string };
    }>("Runtime.evaluate", options);
    if (!exceptionDetails) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  };
  const mouse = async (type: string, selector: string): Promise<void> => {
    const [x, y] = await evaluate<[number, number]>(middleOf(selector));
    const button = type === "mouseMoved" ? "none" : "left";
    await send("Input.dispatchMouseEvent", { type, x, y, button, clickCount: 1 });
  };
  const binary = async (method: string, params: Params): Promise<Buffer> => {
    const { data } = await send<{ data: string }>(method, params);
    return Buffer.from(data, "base64");
  };
  const page: BrowserPage = {
    ...seen,
    evaluate,
    moveTo: (selector) => mouse("mouseMoved", selector),
    click: async (selector) => {
      for (const type of ["mouseMoved", "mousePressed", "mouseReleased"])
        await mouse(type, selector);
      await painted(page);
    },
    resize: async ({ width, height, theme = "light" }) => {
      const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
      await send("Emulation.setDeviceMetricsOverride", metrics);
      const features = [{ name: "prefers-color-scheme", value: theme }];
      await send("Emulation.setEmulatedMedia", { features });
      await painted(page);
    },
    screenshot: ({ part } = { part: "page" }) =>
      binary("Page.captureScreenshot", { captureBeyondViewport: part === "page" }),
    emulatePrint: async () => {
      const show = async (media: string, event: string): Promise<void> => {
        await send("Emulation.setEmulatedMedia", { media });
        await evaluate(`void dispatchEvent(new Event("${event}"))`);
        await painted(page);
      };
      await show("print", "beforeprint");
      return () => show("screen", "afterprint");
    },
    pdf: () => binary("Page.printToPDF", { printBackground: true, preferCSSPageSize: true }),
  };
  return page;
}

/** Two frames: what an observer draws in the first one is there in the second. */
async function painted(page: Pick<BrowserPage, "evaluate">): Promise<void> {
  const frame = "requestAnimationFrame(() => requestAnimationFrame(() => done()))";
  await page.evaluate(`new Promise((done) => ${frame})`);
}

function middleOf(selector: string): string {
  return `(() => {
    const node = document.querySelector(${JSON.stringify(selector)});
    node.scrollIntoView({ block: "center" });
    const { x, y, width, height } = node.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  })()`;
}

function requestUrl(params: Params): string {
  return (params.request as { url: string }).url;
}

function complaintOf(method: string, params: Params): string | undefined {
  switch (method) {
    case "Runtime.exceptionThrown": {
      const { exception, text } = params.exceptionDetails as {
        exception?: { description?: string };
        text: string;
      };
      return exception?.description ?? text;
    }
    case "Runtime.consoleAPICalled":
      return ["error", "warning", "assert"].includes(String(params.type))
        ? JSON.stringify(params.args)
        : undefined;
    case "Log.entryAdded":
      return (params.entry as { text: string }).text;
    default:
      return undefined;
  }
}
