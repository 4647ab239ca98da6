import { FramecatError } from "../errors.ts";
import {
  encodeHead,
  HeadReader,
  headerValues,
  type Headers,
  parseStatusLine,
} from "../protocol/http-head.ts";
import type { Proxy } from "./proxy.ts";
import { type Place, placeOf } from "./target.ts";

export type ConnectAnswer =
  | { readonly state: "more" }
  /** The tunnel is open; `rest` came through it already. */
  | { readonly state: "open"; readonly rest: Uint8Array }
  | { readonly state: "failed"; readonly failure: FramecatError };

/** A reason phrase may be as long as a head. */
const MAX_REASON = 80;

/**
 * The client's side of CONNECT (RFC 9110, section 9.3.6), without I/O: write `bytes`, feed what comes
 * to `push` until it gives more than `more`.
 */
export class ProxyConnect {
  /** The request as it goes on the wire. */
  readonly bytes: Uint8Array;
  readonly #target: Place;
  readonly #proxy: Proxy;
  #reader = new HeadReader();

  constructor(target: Place, proxy: Proxy) {
    const authority = placeOf(target);
    this.#target = target;
    this.#proxy = proxy;
    this.bytes = encodeHead({
      startLine: `CONNECT ${authority} HTTP/1.1`,
      headers: [["Host", authority], ...authorization(proxy)],
    });
  }

  push(bytes: Uint8Array): ConnectAnswer {
    const result = this.#reader.push(bytes);
    if (result.state === "more") return result;
    if (result.state === "invalid") return this.#notHttp(result.message, result.bytes);
    const { startLine, headers } = result.head;
    const { status, reason } = parseStatusLine(startLine) ?? { status: 0, reason: "" };
    if (status === 0) return this.#notHttp("it has no status", Buffer.from(startLine, "latin1"));
    if (status < 200) {
      this.#reader = new HeadReader();
      return this.push(result.rest);
    }
    // Whatever its headers say, a success has no body.
    if (status < 300) return { state: "open", rest: result.rest };
    return this.#refused(status, `${status} ${reason.slice(0, MAX_REASON)}`.trim(), headers);
  }

  #notHttp(message: string, bytes: Uint8Array): ConnectAnswer {
    const said = JSON.stringify(Buffer.from(bytes.subarray(0, 40)).toString("latin1"));
    return this.#failed(`did not answer as an HTTP proxy: ${message}, it began with ${said}`);
  }

  #refused(status: number, said: string, headers: Headers): ConnectAnswer {
    const place = placeOf(this.#target);
    if (status === 407) return this.#unauthorized(said, headers);
    // A gateway's statuses: what is behind the proxy is in trouble (RFC 9110, section 15.6).
    if (status >= 502 && status <= 504) return this.#failed(`could not reach ${place}: ${said}`);
    const hint =
      status === 403 || status === 405
        ? "Many proxies let CONNECT through to port 443 alone."
        : undefined;
    return this.#failed(`refused a tunnel to ${place}: ${said}`, hint);
  }

  #unauthorized(said: string, headers: Headers): ConnectAnswer {
    const { username, kind } = this.#proxy;
    const schemes = headerValues(headers, "Proxy-Authenticate").map((one) => one.split(" ")[0]);
    if (schemes.length > 0 && !schemes.some((scheme) => scheme?.toLowerCase() === "basic")) {
      const asked = schemes.join(" or ").slice(0, MAX_REASON);
      return this.#failed(`wants credentials by ${asked}, framecat knows Basic alone: ${said}`);
    }
    if (username !== undefined) return this.#failed(`does not accept the credentials: ${said}`);
    return this.#failed(
      `wants credentials: ${said}`,
      `Put them into its address: ${kind}://USER:PASSWORD@${placeOf(this.#proxy)}.`,
    );
  }

  #failed(message: string, hint?: string): ConnectAnswer {
    const text = `the proxy ${placeOf(this.#proxy)} ${message}`;
    return { state: "failed", failure: new FramecatError("proxy", text, hint) };
  }
}

/** Basic, in UTF-8 (RFC 7617). */
function authorization({ username, password = "" }: Proxy): Headers {
  if (username === undefined && password === "") return [];
  const basic = Buffer.from(`${username ?? ""}:${password}`).toString("base64");
  return [["Proxy-Authorization", `Basic ${basic}`]];
}
