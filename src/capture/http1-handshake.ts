import { acceptKey } from "../protocol/accept-key.ts";
import { type Headers, headerValues, type HttpHead } from "../protocol/http-head.ts";
import { isPseudoHeader, parseAnyStatusLine } from "../protocol/http2-head.ts";

/** Base64 of `framecat made it`. */
export const MADE_UP_KEY = "ZnJhbWVjYXQgbWFkZSBpdA==";

/** The two heads of a handshake. */
export type Heads = readonly [request: HttpHead, response: HttpHead];

const SAYS = ["X-Framecat", "this handshake was made over HTTP/2"] as const;

/**
 * What a handshake over HTTP/2 (RFC 8441) would have been over HTTP/1.1, for a file in which there is
 * no HTTP/2 around the frames. It says so, and has a key that is the same every time.
 * @param opens whether the response opened the stream
 */
export function asHttp1([request, response]: Heads, { opens }: { readonly opens: boolean }): Heads {
  const field = (name: string) => headerValues(request.headers, name)[0] ?? "";
  const asked: Headers = [
    ["Host", field(":authority")],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", MADE_UP_KEY],
    ...ordinary(request),
    SAYS,
  ];
  const switches: Headers = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(MADE_UP_KEY)],
  ];
  const { status = 0 } = parseAnyStatusLine(response.startLine) ?? {};
  const line = opens ? "101 Switching Protocols" : String(status).padStart(3, "0");
  return [
    { startLine: `GET ${field(":path") || "/"} HTTP/1.1`, headers: asked },
    {
      startLine: `HTTP/1.1 ${line}`,
      headers: [...(opens ? switches : []), ...ordinary(response), SAYS],
    },
  ];
}

function ordinary({ headers }: HttpHead): Headers {
  return headers.filter(([name]) => !isPseudoHeader(name));
}
