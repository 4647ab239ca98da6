import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { type Browser, type BrowserPage, hasChromium, startChromium } from "../helpers/chromium.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { wsClient } from "../helpers/ws-peers.ts";

async function listening(...argv: string[]) {
  const io = memoryIo();
  const code = main(["listen", "0", "--color", "never", ...argv], io);
  onTestFinished(async () => {
    io.raise("SIGTERM");
    io.raise("SIGTERM");
    await code;
  });
  await io.seen(/listening on/);
  const [, host = ""] = /ws:\/\/(127\.0\.0\.1:\d+)\//.exec(io.out()) ?? [];
  return {
    io,
    code,
    host,
    get: (path: string, init?: RequestInit) => fetch(`http://${host}${path}`, init),
  };
}

describe("the HTTP face", () => {
  it("has a page, its health and its figures at the port of the server", async () => {
    const { get, host } = await listening("-s", "chat", "-s", "v2");
    const page = await get("/");
    expect(page.headers.get("content-security-policy")).toContain("connect-src 'self'");
    expect(await page.text()).toContain("chat, v2");
    expect(await (await get("/healthz")).text()).toBe("ok\n");
    const socket = await wsClient(`ws://${host}/`, { protocols: ["chat"] });
    const metrics = await (await get("/metrics")).text();
    expect(metrics).toMatch(/^framecat_build_info\{mode="echo",version=".+"\} 1$/m);
    expect(metrics).toMatch(/^framecat_connections_open 1$/m);
    socket.close();
  });

  it("is off with --no-http", async () => {
    const { get } = await listening("--no-http");
    for (const path of ["/", "/healthz", "/metrics"]) expect((await get(path)).status).toBe(426);
  });

  it("wants the same credentials as the server, but for its health", async () => {
    const { io, get } = await listening("--token", "s3cret");
    expect([(await get("/")).status, (await get("/metrics")).status]).toEqual([401, 401]);
    expect((await get("/healthz")).status).toBe(200);
    expect((await get("/?token=s3cret")).status).toBe(200);
    const metrics = await get("/metrics", { headers: { Authorization: "Bearer s3cret" } });
    expect(await metrics.text()).toMatch(/^framecat_refusals_total\{kind="token"\} 2$/m);
    expect(io.out().match(/refused: /g)).toHaveLength(2);
  });

  it("gives its page what --csrf wants, and its cookie to nobody else", async () => {
    const { io, host, get } = await listening("--csrf", "csrf");
    const page = await get("/");
    const cookie = page.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^csrf=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const [, token = ""] = /^csrf=([^;]*)/.exec(cookie) ?? [];
    const html = await page.text();
    expect(html).toContain(`"parameter":{"name":"csrf","token":"${token}"}`);
    const again = await get("/", { headers: { Cookie: `csrf=${token}` } });
    expect(again.headers.get("set-cookie")).toBeNull();
    expect(await again.text()).toBe(html);
    expect((await get("/")).headers.get("set-cookie")).not.toBe(cookie);
    const headers = { Cookie: `csrf=${token}` };
    (await wsClient(`ws://${host}/?csrf=${token}`, { headers })).close();
    await io.seen(/closed by the peer/);
    await expect(wsClient(`ws://${host}/`, { headers })).rejects.toThrow(/403/);
    await expect(wsClient(`ws://${host}/?csrf=${token}`)).rejects.toThrow(/403/);
    expect(io.out()).not.toContain(token);
  });

  it("tells that the server stops", async () => {
    const { io, get, host, code } = await listening("--grace", "1m");
    const socket = await wsClient(`ws://${host}/`);
    // It does not answer the Close frame.
    socket.pause();
    io.raise("SIGTERM");
    await io.seen(/→ close/);
    const health = await get("/healthz");
    expect([health.status, await health.text()]).toEqual([503, "stopping\n"]);
    socket.terminate();
    expect(await code).toBe(0);
  });
});

describe.skipIf(!hasChromium)("the page in a browser", () => {
  let browser: Browser;
  beforeAll(() => {
    browser = startChromium();
  });
  afterAll(() => browser.close());

  const rows = (page: BrowserPage) =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll("#messages li")].map((row) =>
        [...row.children].slice(1).map((part) => part.textContent).join("|"))`,
    );
  const state = (page: BrowserPage) =>
    page.evaluate<string>(`document.querySelector("#state").textContent`);
  const until = async (page: BrowserPage, condition: string): Promise<void> => {
    await page.evaluate(`new Promise((done) => {
      const look = () => (${condition} ? done() : setTimeout(look, 5));
      look();
    })`);
  };
  const count = (page: BrowserPage, n: number) =>
    until(page, `document.querySelectorAll("#messages li").length >= ${n}`);
  const type = (page: BrowserPage, selector: string, text: string) =>
    page.evaluate(`document.querySelector("${selector}").value = ${JSON.stringify(text)}`);

  it("talks to the server: text, bytes, a close with a code, and again", async () => {
    const { io, host } = await listening("-s", "chat");
    const page = await browser.open(`http://${host}/`);
    await until(page, `!document.querySelector("#send").disabled`);
    expect(await state(page)).toBe("Open · chat · permessage-deflate");
    await type(page, "#text", `<img src=x onerror="alert(1)">\u202e ü`);
    await page.click("#send");
    await count(page, 3);
    await page.evaluate(`document.querySelector("#hex").click()`);
    await type(page, "#text", "00 ff 41");
    await page.evaluate(`document.querySelector("#composer").requestSubmit()`);
    await count(page, 5);
    expect(await rows(page)).toEqual([
      "·|||connected",
      `→|text|36 B|<img src=x onerror="alert(1)">\\u202e ü`,
      `←|text|36 B|<img src=x onerror="alert(1)">\\u202e ü`,
      "→|binary|3 B|0000  00 ff 41   ..A",
      "←|binary|3 B|0000  00 ff 41   ..A",
    ]);
    await type(page, "#text", "no hex");
    await page.click("#send");
    expect(await page.evaluate(`document.querySelector("#problem").textContent`)).toMatch(/no hex/);
    await type(page, "#code", "4001");
    await type(page, "#reason", "bye");
    await page.click("#close");
    await count(page, 6);
    expect(await state(page)).toMatch(/^Closed: 4001 “bye”, clean, after [\d.]+ s$/);
    await io.seen(/closed by the peer: 4001/);
    await type(page, "#path", "/again?x=1");
    await page.click("#connect");
    await until(page, `!document.querySelector("#send").disabled`);
    await io.seen(/\/again\?x=1/);
    expect(await page.evaluate(`document.querySelector("#counts").textContent`)).toBe(
      "2 sent, 39 B · 2 received, 39 B",
    );
    expect([page.complaints, new Set(page.requests).size]).toEqual([[], 1]);
  });

  it("goes in with the token of its own address, and is narrow and dark where it has to be", async () => {
    const { host } = await listening("--token", "s3cret", "--mode", "push", "--interval", "10ms");
    const page = await browser.open(`http://${host}/?token=s3cret`, {
      width: 360,
      height: 740,
      theme: "dark",
    });
    await count(page, 20);
    expect(await page.evaluate(`element("#metrics").getAttribute("href")`)).toBe(
      "/metrics?token=s3cret",
    );
    const [wide, dark] = await page.evaluate<[number, string]>(
      `[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]`,
    );
    expect([wide, dark]).toEqual([360, "rgb(21, 23, 26)"]);
  });

  it("goes in where --csrf wants a token, time and again, and another page beside it", async () => {
    const { io, host } = await listening("--csrf", "csrf", "--guarded");
    const first = await browser.open(`http://${host}/`);
    await until(first, `!document.querySelector("#send").disabled`);
    expect(await first.evaluate(`document.cookie`)).toBe("");
    const second = await browser.open(`http://${host}/`);
    await until(second, `!document.querySelector("#send").disabled`);
    for (const page of [first, second]) {
      // One of them is in the background, where nothing is drawn or clicked.
      await page.evaluate(`document.querySelector("#connection").requestSubmit()`);
      await until(page, `!document.querySelector("#send").disabled`);
    }
    expect(io.out()).not.toContain("refused");
    const other = `new Promise((done) => {
      const socket = new WebSocket("ws://${host}/");
      socket.onopen = () => done("open");
      socket.onerror = () => done("refused");
    })`;
    expect(await first.evaluate(other)).toBe("refused");
    await io.seen(/refused: it sent no CSRF token beside its cookie/);
  });

  it("shows a flood without growing", async () => {
    const { host } = await listening("-q");
    const page = await browser.open(`http://${host}/`);
    await until(page, `!document.querySelector("#send").disabled`);
    await page.evaluate(`(() => {
      for (let i = 0; i < 600; i += 1) {
        element("#text").value = "message " + i;
        element("#composer").requestSubmit();
      }
    })()`);
    await until(page, `document.querySelector("#counts").textContent.includes("600 received")`);
    const seen = await page.evaluate(`document.querySelectorAll("#messages li").length`);
    expect(seen).toBe(500);
    expect((await rows(page)).at(-1)).toBe("←|text|11 B|message 599");
  });
});
