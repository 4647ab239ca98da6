import { describe, expect, it } from "vitest";
import { parseXml } from "./xml.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe("parseXml", () => {
  it("gives the elements, their attributes and their text", () => {
    expect(parseXml(`${DECLARATION}<a b="1 &lt; 2" c=""><d/>x &amp;\ny<e></e></a>\n`)).toEqual({
      name: "a",
      attributes: { b: "1 < 2", c: "" },
      children: [
        { name: "d", attributes: {}, children: [], text: "" },
        { name: "e", attributes: {}, children: [], text: "" },
      ],
      text: "x &\ny",
    });
  });

  it.each([
    ["", "not one root"],
    ["<a/><b/>", "not one root"],
    ["<a>", "not one root"],
    ["<a></b>", "ends"],
    ["</a>", "ends"],
    ["<a/>x", "outside"],
    ["<a>&nbsp;</a>", "no entity"],
    ["<a>1 & 2</a>", "no entity"],
    ["<a>1 < 2</a>", "not well-formed"],
    ["<a b='<'/>", "not well-formed"],
    ['<a b="<"/>', "not well-formed"],
    ['<a b="1"c="2"/>', "not well-formed"],
    ['<a b="1" b="2"/>', "twice"],
    ["<a>]]></a>", "]]>"],
    ["<a>\x00</a>", "forbids"],
    ["<a>\x1b</a>", "forbids"],
    ["<a>\ud800</a>", "forbids"],
    ["<a>\uffff</a>", "forbids"],
  ])("refuses %j", (text, why) => {
    expect(() => parseXml(DECLARATION + text)).toThrow(why);
  });

  it("refuses a document without a declaration", () => {
    expect(() => parseXml("<a/>")).toThrow("no declaration");
  });
});
