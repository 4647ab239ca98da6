import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CapacityResult } from "../../src/bench/capacity.ts";
import { loadPageAssets } from "../../src/page-assets.ts";
import { capacityHtml } from "../../src/render/capacity-html.ts";
import { capacityResult, hopelessResult, sampleTrial } from "../helpers/capacity-result.ts";
import {
  type Browser,
  type BrowserPage,
  hasChromium,
  startChromium,
  type Viewport,
} from "../helpers/chromium.ts";

const assets = await loadPageAssets();

function pageOf(result: CapacityResult): string {
  return capacityHtml(result, assets);
}

const HOSTILE = `"></script><img src="http://127.0.0.1:1/x" onerror="alert(1)">\u202e<!--\u2028`;

/** Hostile text wherever a result has text from outside. */
function hostileResult(): CapacityResult {
  return capacityResult({
    url: `ws://127.0.0.1:9000/${HOSTILE}`,
    settings: { ...capacityResult().settings, message: HOSTILE },
    slo: [{ expression: HOSTILE, bound: 50, unit: "ms" }],
    trials: [{ ...sampleTrial(1060, 1, 70), reasons: [HOSTILE] }],
  });
}

describe("a search as a page", () => {
  it("begins with the answer, and why it is no higher", () => {
    const html = pageOf(capacityResult());
    expect(html).toContain("<title>ws://127.0.0.1:9000/ – framecat bench capacity</title>");
    expect(html).toContain(
      '<p class="verdict good"><span>1,000/s is the highest load that held p99&lt;50ms and errors&lt;0.1%, in 3 of 3 trials.</span></p>\n<p class="quiet">1,060/s missed it – p99&lt;50ms: it was 65 ms.</p>',
    );
    expect(pageOf(hopelessResult())).toContain('<p class="verdict bad"><span>No load held');
    expect(pageOf(capacityResult({ embedded: true }))).toContain("<h1>embedded echo server</h1>");
  });

  it("lists each load, and each trial with what there is to say of it", () => {
    const html = pageOf(capacityResult());
    const rows = html.match(/<tr><th scope="row">/g)!;
    expect(rows).toHaveLength(capacityResult().curve.length + capacityResult().trials.length);
    expect(html).toContain('<span class="good">held 3× ◂</span>');
    expect(html).toContain('<td class="words">p99&lt;50ms: it was 283 ms.</td>');
  });

  it("leaves away what was not measured", () => {
    const { curve } = capacityResult();
    const bare = curve.map((point) => {
      const { ratePerSecond, errors, attempts, clientBusy } = point.figures;
      const figures = { errors, attempts, clientBusy };
      return { ...point, figures: { ...figures, ...(ratePerSecond && { ratePerSecond }) } };
    });
    const html = pageOf(capacityResult({ curve: bare }));
    expect(html).not.toContain(">cores<");
    expect(html).not.toContain(">p99.9<");
    expect(html).toContain("<h3>Throughput by load</h3>");
    const idle = bare.map((point) => {
      const { errors, attempts, clientBusy } = point.figures;
      return { ...point, figures: { errors, attempts, clientBusy } };
    });
    expect(pageOf(capacityResult({ curve: idle }))).not.toContain("<h3>Throughput by load</h3>");
    const empty = pageOf(hopelessResult({ trials: [], curve: [], ended: "interrupted" }));
    expect(empty).not.toContain("<section>");
  });

  it("holds the whole result under a name of its own", () => {
    const result = capacityResult();
    const [, name, json = ""] =
      /id="data" data-name="([^"]*)">(.*?)<\/script>/s.exec(pageOf(result)) ?? [];
    expect(name).toBe("capacity-20260101T000000000Z.json");
    expect(JSON.parse(json)).toEqual(result);
  });

  it("escapes all that came from outside", () => {
    const html = pageOf(hostileResult());
    const raw = ["<img", "\u202e", "\u2028", `"></script>`];
    expect(raw.filter((text) => html.includes(text))).toEqual([]);
    expect(html.match(/<\/script>/g)).toHaveLength(4);
  });
});

/** Of each canvas, how many of its pixels are not empty. */
const PAINTED_PIXELS = `[...document.querySelectorAll("canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
})`;
const WIDTHS = "[document.documentElement.scrollWidth, innerWidth]";
const LEGEND = `[...document.querySelectorAll('[data-plot="latency"] .u-label')].map((node) => node.textContent)`;
const VALUES = `[...document.querySelectorAll('[data-plot="latency"] .u-value')].map((node) => node.textContent)`;

describe.skipIf(!hasChromium)("in a browser (skipped where there is no chromium)", () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "framecat-capacity-"));
  beforeAll(() => {
    browser = startChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(result: CapacityResult, viewport?: Viewport): Promise<BrowserPage> {
    const path = join(folder, "page.html");
    writeFileSync(path, pageOf(result));
    return browser.open(pathToFileURL(path).href, viewport);
  }

  it.each([
    { width: 1280, height: 900, theme: "light" },
    { width: 390, height: 844, theme: "dark" },
  ] as const)(
    "draws both plots, $theme at $width, without network or complaint",
    async (viewport) => {
      const page = await open(capacityResult(), viewport);
      const painted = await page.evaluate<number[]>(PAINTED_PIXELS);
      expect(painted).toHaveLength(2);
      for (const pixels of painted) expect(pixels).toBeGreaterThan(1000);
      const [scrolled, width] = await page.evaluate<[number, number]>(WIDTHS);
      expect(scrolled).toBe(width);
      expect(page.complaints).toEqual([]);
      expect(page.requests).toEqual([expect.stringMatching(/^file:.*\/page\.html$/)]);
    },
  );

  it("shows the latencies of the load under the cursor, beside the bound", async () => {
    const page = await open(capacityResult());
    expect(await page.evaluate(LEGEND)).toEqual(["load", "p99", "p50", "p99<50ms"]);
    await page.moveTo('[data-plot="latency"] .u-over');
    await expect
      .poll(() => page.evaluate<string[]>(VALUES))
      .toEqual(["800/s", "4.8 ms", "1.2 ms", "50 ms"]);
  });

  it("runs nothing that a hostile text holds", async () => {
    const page = await open(hostileResult());
    expect(await page.evaluate("document.querySelectorAll('img, main script').length")).toBe(0);
    expect(page.complaints).toEqual([]);
    expect(page.requests).toHaveLength(1);
  });

  it("needs no plot to be a page", async () => {
    const page = await open(hopelessResult());
    expect(await page.evaluate("document.querySelectorAll('canvas').length")).toBe(0);
    expect(page.complaints).toEqual([]);
  });
});
