import { describe, expect, it } from "vitest";
import { cgiEnvironment } from "../../../src/server/exec/cgi.ts";
import { askingOf } from "../../helpers/asking.ts";

const FACTS = { uniqueId: "u1", subprotocol: "chat", software: "framecat/1" };
const facts = (...given: Parameters<typeof askingOf>) => cgiEnvironment(askingOf(...given), FACTS);

/** As the octets of a head are read. */
const octets = (text: string) => Buffer.from(text).toString("latin1");

describe("the facts of a request", () => {
  it("have the names of CGI", () => {
    expect(facts([["X-One", "1"]], { target: "/a%20b/c?x=1&y=?" })).toEqual({
      GATEWAY_INTERFACE: "CGI/1.1",
      SERVER_PROTOCOL: "HTTP/1.1",
      SERVER_SOFTWARE: "framecat/1",
      SERVER_NAME: "127.0.0.1",
      SERVER_PORT: "8080",
      REQUEST_METHOD: "GET",
      REQUEST_URI: "/a%20b/c?x=1&y=?",
      SCRIPT_NAME: "",
      PATH_INFO: "/a b/c",
      QUERY_STRING: "x=1&y=?",
      REMOTE_ADDR: "192.0.2.1",
      REMOTE_HOST: "192.0.2.1",
      REMOTE_PORT: "40000",
      CONTENT_TYPE: "",
      CONTENT_LENGTH: "",
      UNIQUE_ID: "u1",
      WEBSOCKET_SUBPROTOCOL: "chat",
      HTTP_HOST: "127.0.0.1:8080",
      HTTP_UPGRADE: "websocket",
      HTTP_CONNECTION: "Upgrade",
      HTTP_SEC_WEBSOCKET_KEY: "dGhlIHNhbXBsZSBub25jZQ==",
      HTTP_SEC_WEBSOCKET_VERSION: "13",
      HTTP_X_ONE: "1",
    });
  });

  it("hold no proof of identity, nothing that sets a proxy, and no name that is ambiguous", () => {
    const { HTTP_COOKIE, ...rest } = facts([
      ["Authorization", "Bearer secret"],
      ["Proxy-Authorization", "Basic secret"],
      ["Proxy", "http://evil.example"],
      ["X_Real_IP", "10.0.0.1"],
      ["Cookie", "a=1"],
      ["cookie", "b=2"],
    ]);
    expect(HTTP_COOKIE).toBe("a=1; b=2");
    const names = Object.keys(rest).join(" ");
    expect(names).not.toMatch(/AUTHORIZATION|HTTP_PROXY|REAL_IP/);
  });

  it("join what is said more than once", () => {
    expect(
      facts([
        ["X-A", "1"],
        ["x-a", "2"],
      ]),
    ).toMatchObject({ HTTP_X_A: "1, 2" });
  });

  it("tell of TLS, and of a unix socket", () => {
    const asking = askingOf([], { address: "" });
    const tls = { version: "TLSv1.3", cipher: "x" } as never;
    const told = cgiEnvironment({ ...asking, remote: "a unix socket", tls }, FACTS);
    expect(told).toMatchObject({ HTTPS: "on", REMOTE_ADDR: "", REMOTE_PORT: "" });
    expect(cgiEnvironment(asking, { ...FACTS, subprotocol: undefined })).toMatchObject({
      WEBSOCKET_SUBPROTOCOL: "",
    });
  });

  it.each([
    ["http://h:1/p?q", "/p", "q"],
    ["/%zz", "/%zz", ""],
    [octets("/é?ü"), "/é", "ü"],
    ["/a%00b", "/ab", ""],
    ["/\xff", "/ÿ", ""],
  ])("read the address %s", (target, path, query) => {
    expect(facts([], { target })).toMatchObject({ PATH_INFO: path, QUERY_STRING: query });
  });

  it.each([
    ["[::1]:9000", "[::1]", "9000"],
    ["example.test", "example.test", "80"],
    ["[::1]", "[::1]", "80"],
  ])("tell the server %s", (host, name, port) => {
    const asking = askingOf();
    const request = { ...asking.request, headers: [["Host", host] as const] };
    expect(cgiEnvironment({ ...asking, request }, FACTS)).toMatchObject({
      SERVER_NAME: name,
      SERVER_PORT: port,
    });
  });
});
