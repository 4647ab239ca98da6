import { describe, expect, it } from "vitest";
import { HttpBodySkipper } from "../../../src/capture/streams/http-body-skipper.ts";
import { HttpReader } from "../../../src/capture/streams/http-reader.ts";
import { twoWaySplits, utf8 } from "../../helpers/bytes.ts";

function reading({
  lengths = [0],
  goOn = true,
}: {
  lengths?: (number | undefined)[];
  goOn?: boolean;
}) {
  const told: string[] = [];
  const reader = new HttpReader(
    {
      head: ({ startLine }) => {
        told.push(startLine);
        const length = lengths.shift();
        return length === undefined ? undefined : new HttpBodySkipper(length);
      },
      end: () => {
        told.push("end");
        return goOn;
      },
    },
    { stopped: false },
  );
  return { told, reader };
}

const TWO = "\r\nGET /a HTTP/1.1\r\nX: 1\r\n\r\nbodyGET /b HTTP/1.1\r\n\r\n";

describe("messages", () => {
  it("one after the other, in any pieces", () => {
    for (const pieces of twoWaySplits(utf8(TWO))) {
      const { told, reader } = reading({ lengths: [4, 0] });
      for (const piece of pieces) expect(reader.push(piece, 0, piece.length)).toBe(piece.length);
      expect(told).toEqual(["GET /a HTTP/1.1", "end", "GET /b HTTP/1.1", "end"]);
    }
  });

  it("stop where the sink says so, behind the last byte taken", () => {
    const { told, reader } = reading({ lengths: [4, 0], goOn: false });
    const bytes = utf8(TWO);
    const at = reader.push(bytes, 0, bytes.length);
    expect(TWO.slice(at)).toMatch(/^GET \/b/);
    expect([reader.stopped, reader.push(bytes, at, bytes.length)]).toEqual([true, at]);
    reader.stopped = false;
    reader.push(bytes, at, bytes.length);
    expect(told).toContain("GET /b HTTP/1.1");
  });

  it("stop behind a head after which there is no HTTP", () => {
    const { reader } = reading({ lengths: [undefined] });
    const bytes = utf8("HTTP/1.1 101 x\r\n\r\nframes");
    expect(reader.push(bytes, 0, bytes.length)).toBe(bytes.length - 6);
    expect(reader.stopped).toBe(true);
  });

  it.each(["no http at all\r\n\r\n", `GET / HTTP/1.1\r\nX: ${"y".repeat(70_000)}\r\n\r\n`])(
    "what is none is given up: %.20j",
    (text) => {
      const { reader } = reading({});
      reader.push(utf8(text), 0, text.length);
      expect(reader.broken).toBe(true);
    },
  );
});

it("a gap is passed over within a body alone", () => {
  const { told, reader } = reading({ lengths: [10, 0] });
  expect(reader.gap(1)).toBe(false);
  const head = utf8("GET /a HTTP/1.1\r\n\r\n");
  reader.push(head, 0, head.length);
  expect(reader.gap(10)).toBe(true);
  expect(told).toEqual(["GET /a HTTP/1.1", "end"]);
  expect(reader.gap(1)).toBe(false);
});
