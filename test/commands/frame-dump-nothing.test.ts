import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { concat } from "../helpers/bytes.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { block, ethernet, fields, ipv4, pcap } from "../helpers/packets.ts";
import { Talk } from "../helpers/talk.ts";

const UDP = 17;
const udp = { data: ethernet(ipv4(new Uint8Array(12), { protocol: UDP })) };
const arp = { data: ethernet(new Uint8Array(28), 0x0806) };
const SECTION = block(
  "little",
  0x0a0d0d0a,
  fields("little", [0x1a2b3c4d, 4], [1, 2], [0, 2], [-1n, 8]),
);
const INTERFACE = block("little", 1, fields("little", [1, 2], [0, 2], [0, 4]));
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

function talk(client: string, server: string): Uint8Array {
  return pcap(new Talk().connect().client(client).server(server).close().packets);
}

async function dump(file: Uint8Array, ...form: readonly string[]) {
  const io = memoryIo({ stdin: file });
  const code = await main(["frame-dump", ...form], io);
  return { code, out: io.out(), err: io.err() };
}

describe("a capture without WebSocket in it says so in a line", () => {
  const tls = Uint8Array.of(0x17, 3, 3, 0, 4, 1, 2, 3, 4);

  it.each<[string, Uint8Array, string]>([
    ["a header alone", pcap([]), "the capture holds no packets"],
    ["a section alone", SECTION, "the capture holds no packets"],
    ["an interface alone", concat([SECTION, INTERFACE]), "the capture holds no packets"],
    ["UDP", pcap([udp, udp]), "no TCP in the capture: 2 packets of other protocols"],
    ["what is not even IP", pcap([arp]), "no TCP in the capture: 1 packet of other protocols"],
    [
      "HTTP",
      talk("GET / HTTP/1.1\r\nHost: x\r\n\r\n", ANSWER),
      "1 connection without WebSocket: 1 with plain HTTP",
    ],
    [
      "another protocol",
      talk("SSH-2.0-x\r\n", "SSH-2.0-y\r\n"),
      "1 connection without WebSocket: 1 with other protocols",
    ],
    [
      "a connection without data",
      pcap(new Talk().connect().close().packets),
      "1 connection without WebSocket: 1 with no data",
    ],
    [
      "TLS from its midst",
      pcap(new Talk().client(tls).server(tls).packets),
      "1 TLS connection not decrypted: the handshake is not in the capture, without which no key log helps; framecat listen --mode relay between the two shows what is inside",
    ],
    [
      "a link type that is not known",
      pcap([udp], { linkType: 147 }),
      "1 packet of link type 147, which is not known here",
    ],
    [
      "half a header",
      pcap([]).subarray(0, 10),
      "the file is cut within its header, of which there are 10 bytes, at least 14 are missing",
    ],
  ])("%s", async (_, file, line) => {
    const said = { code: 0, err: `framecat: ${line}\n` };
    expect(await dump(file)).toEqual({ ...said, out: "" });
    expect(await dump(file, "--lint", "--tree")).toEqual({ ...said, out: "" });
    expect(await dump(file, "--summary")).toEqual({ ...said, out: "connections  none\n" });
    expect(await dump(file, "--quiet")).toEqual({ code: 0, out: "", err: "" });
    const { out } = await dump(file, "--json");
    expect(JSON.parse(out)).toEqual({ v: "framecat.dump/1", events: [] });
  });

  it("a file without bytes is an error", async () => {
    expect(await dump(new Uint8Array(0), "--input-format", "pcap")).toEqual({
      code: 2,
      out: "",
      err: "framecat: stdin is empty (exit 2).\n",
    });
  });
});
