import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BenchResult } from "../../src/bench/result.ts";
import { viewOf } from "../../src/bench/view.ts";
import { loadPageAssets } from "../../src/page-assets.ts";
import { benchHtml } from "../../src/render/bench-html.ts";
import { benchResult } from "../helpers/bench-result.ts";
import {
  type Browser,
  type BrowserPage,
  hasChromium,
  startChromium,
  type Viewport,
} from "../helpers/chromium.ts";
import { richResult } from "../helpers/rich-result.ts";

const assets = await loadPageAssets();

function pageOf(result: BenchResult): string {
  return benchHtml(viewOf(result), assets);
}

const HOSTILE = `"></script><img src="http://127.0.0.1:1/x" onerror="alert(1)">\u202e<!--\u2028`;

/** Hostile text wherever a result has text from outside. */
function hostileResult(): BenchResult {
  const { client } = benchResult();
  const failure = { kind: "other", code: "abnormal", message: HOSTILE, hint: HOSTILE } as const;
  return benchResult({
    url: `ws://127.0.0.1:9000/${HOSTILE}`,
    client: { ...client, limits: [HOSTILE], deaths: [HOSTILE] },
    discrepancies: [HOSTILE],
    settings: { ...benchResult().settings, message: HOSTILE },
    refusals: [{ ...failure, count: 1 }],
    breaks: [{ ...failure, count: 2 }],
    assertions: [{ expression: HOSTILE, passed: false, bound: 1, unit: "ms" }],
  });
}

describe("a run as a page", () => {
  it("is the same text for the same run", () => {
    const result = richResult();
    expect(pageOf(result)).toBe(pageOf(result));
  });

  it("begins with the warning where the client was the limit", () => {
    const [, first = ""] = /<header>\n(.*)/.exec(pageOf(richResult())) ?? [];
    expect(first).toMatch(
      /^<div class="banner warn" role="alert"><strong>The client was the limit/,
    );
    expect(pageOf(benchResult())).not.toContain('class="banner');
  });

  it("names what was measured, and says how it went", () => {
    const html = pageOf(benchResult());
    expect(html).toContain("<title>ws://127.0.0.1:9000/ – framecat bench</title>");
    expect(html).toContain("framecat bench · 2026-01-01 00:00:00 UTC");
    expect(html).toContain("<h1>ws://127.0.0.1:9000/</h1>");
    expect(html).toContain('<p class="facts">echo · closed model, 16 in flight · 1,000 sockets');
    expect(html).toMatch(/<p class="verdict good"><span>All 20,000 messages were answered;/);
    expect(pageOf(benchResult({ embedded: true }))).toContain("<h1>embedded echo server</h1>");
  });

  it("tells first of what failed in framecat itself", () => {
    const { client } = benchResult();
    const html = pageOf(
      benchResult({ client: { ...client, deaths: ["by SIGKILL"] }, discrepancies: ["1 is not 2"] }),
    );
    expect(html).toContain("<li>a worker died: by SIGKILL</li><li>1 is not 2</li>");
  });

  it("holds the whole result, histograms and all, under a name of its own", () => {
    const result = richResult();
    const [, name, json = ""] =
      /id="data" data-name="([^"]*)">(.*?)<\/script>/s.exec(pageOf(result)) ?? [];
    expect(name).toBe("bench-20260101T000000000Z.json");
    expect(JSON.parse(json)).toEqual(result);
  });

  it("escapes all that came from outside", () => {
    const html = pageOf(hostileResult());
    const raw = ["<img", "\u202e", "\u2028", `"></script>`];
    expect(raw.filter((text) => html.includes(text))).toEqual([]);
    expect(html.match(/<\/script>/g)).toHaveLength(4);
    expect(html.match(/&lt;img src=&quot;http/g)!.length).toBeGreaterThanOrEqual(9);
  });
});

/** Of each canvas, how many of its pixels are not empty. */
const PAINTED_PIXELS = `[...document.querySelectorAll("canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
})`;
const SERIES_COLORS = `[...document.querySelectorAll(".u-marker")].map((node) => node.style.borderColor)`;
const WIDTHS = "[document.documentElement.scrollWidth, innerWidth]";

function legend(plot: string): string {
  return `[...document.querySelectorAll('[data-plot="${plot}"] .u-value')].map((node) => node.textContent)`;
}

describe.skipIf(!hasChromium)("in a browser (skipped where there is no chromium)", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "framecat-page-"));
  beforeAll(() => {
    browser = startChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(result: BenchResult, viewport?: Viewport): Promise<BrowserPage> {
    const path = join(folder, "page.html");
    writeFileSync(path, pageOf(result));
    return browser.open(pathToFileURL(path).href, viewport);
  }

  it.each([
    { width: 1280, height: 900, theme: "light" },
    { width: 1280, height: 900, theme: "dark" },
    { width: 390, height: 844, theme: "light" },
    { width: 390, height: 844, theme: "dark" },
  ] as const)(
    "draws every plot, $theme at $width, without network or complaint",
    async (viewport) => {
      const page = await open(richResult(), viewport);
      const painted = await page.evaluate<number[]>(PAINTED_PIXELS);
      expect(painted).toHaveLength(9);
      for (const pixels of painted) expect(pixels).toBeGreaterThan(1000);
      const [scrolled, width] = await page.evaluate<[number, number]>(WIDTHS);
      expect(scrolled).toBe(width);
      expect(page.complaints).toEqual([]);
      expect(page.requests).toEqual([expect.stringMatching(/^file:.*\/page\.html$/)]);
      const image = await page.screenshot();
      expect(image.subarray(1, 4).toString()).toBe("PNG");
    },
  );

  it("runs nothing that a hostile text holds", async () => {
    const page = await open(hostileResult());
    expect(await page.evaluate("document.querySelectorAll('img, main script').length")).toBe(0);
    expect(await page.evaluate("document.querySelector('h1').textContent")).toContain("<img src=");
    expect(page.complaints).toEqual([]);
    expect(page.requests).toHaveLength(1);
  });

  it("needs no plot to be a page", async () => {
    const page = await open(benchResult({ histograms: {}, intervals: [] }));
    expect(await page.evaluate("document.querySelectorAll('canvas').length")).toBe(0);
    expect(page.complaints).toEqual([]);
  });

  it("shows in all plots over time the values under the cursor of one of them", async () => {
    const result = richResult();
    const page = await open(result);
    await page.moveTo('[data-plot="throughput"] .u-over');
    const { messagesOut } = result.intervals.find(({ startMs }) => startMs === 27_000)!;
    const rate = `${messagesOut.toLocaleString("en-US")}/s`;
    const shown = ["27.5 s", rate, rate];
    await expect.poll(() => page.evaluate(legend("throughput"))).toEqual(shown);
    const sockets = [expect.stringMatching(/^2[78] s$/), "1,000"];
    await expect.poll(() => page.evaluate(legend("sockets"))).toEqual(sockets);
    expect(await page.evaluate(legend("server"))).toHaveLength(3);
    expect(await page.evaluate(legend("percentiles"))).toEqual(["–", "–", "–"]);
    await page.moveTo('[data-plot="distribution"] .u-over');
    await expect
      .poll(() => page.evaluate<string[]>(legend("distribution")))
      .toEqual([expect.stringMatching(/^\S+ ms – \S+ ms$/), expect.stringMatching(/ %$/)]);
  });

  it("changes the scale of a plot, and back", async () => {
    const page = await open(richResult());
    const scale = `document.querySelector('[data-plot="latency"] .log').getAttribute("aria-pressed")`;
    const picture = `document.querySelector('[data-plot="latency"] canvas').toDataURL()`;
    const before = await page.evaluate<string>(picture);
    await page.click('[data-plot="latency"] .log');
    expect(await page.evaluate(scale)).toBe("false");
    expect(await page.evaluate(picture)).not.toBe(before);
    await page.click('[data-plot="latency"] .log');
    expect(await page.evaluate(scale)).toBe("true");
    expect(await page.evaluate(picture)).toBe(before);
    expect(page.complaints).toEqual([]);
  });

  it("changes the theme, the plots along with it, and is light on paper", async () => {
    const page = await open(richResult(), { width: 1280, height: 900, theme: "dark" });
    const dark = await page.evaluate<string[]>(SERIES_COLORS);
    expect(await page.evaluate("document.querySelector('#theme').textContent")).toBe("Light");
    await page.click("#theme");
    const light = await page.evaluate<string[]>(SERIES_COLORS);
    expect(light).not.toEqual(dark);
    await page.click("#theme");
    expect(await page.evaluate(SERIES_COLORS)).toEqual(dark);
    const leave = await page.emulatePrint();
    expect(await page.evaluate(SERIES_COLORS)).toEqual(light);
    await leave();
    expect(await page.evaluate(SERIES_COLORS)).toEqual(dark);
    expect((await page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
    expect(page.complaints).toEqual([]);
  });

  it("fits itself to another width", async () => {
    const page = await open(richResult());
    await page.resize({ width: 390, height: 844 });
    const [scrolled, width] = await page.evaluate<[number, number]>(WIDTHS);
    expect(scrolled).toBe(width);
    const widths = "[...document.querySelectorAll('canvas')].map(({ clientWidth }) => clientWidth)";
    for (const one of await page.evaluate<number[]>(widths)) expect(one).toBe(390 - 2 * 16);
  });

  it("saves the result as it is", async () => {
    const result = richResult();
    const page = await open(result);
    await page.evaluate(`{
      const create = URL.createObjectURL;
      URL.createObjectURL = (blob) => { window.saved = blob.text(); return create(blob); };
      addEventListener("click", (event) => {
        if (event.target.download) window.savedAs = event.target.download;
      }, true);
      HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; };
    }`);
    await page.click("#download");
    expect(await page.evaluate("savedAs")).toBe("bench-20260101T000000000Z.json");
    const saved = await page.evaluate<string>("saved");
    expect(JSON.parse(saved)).toEqual(result);
    expect(page.complaints).toEqual([]);
  });
});
