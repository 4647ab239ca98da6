/** An element as a parser of XML 1.0 tells it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All character data directly in it. */
  readonly text: string;
}

const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAME = "[A-Za-z_][\\w.-]*";
const ATTRIBUTE = `\\s+${NAME}="[^<"]*"`;
const TOKEN = new RegExp(
  `<(?<open>${NAME})(?<attributes>(?:${ATTRIBUTE})*)\\s*(?<empty>/?)>|</(?<close>${NAME})>|(?<text>[^<]+)`,
  "y",
);
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

type Open = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: XmlElement[] };

/**
 * A strict parser of the XML that we write: no comments, no CDATA, no namespaces. Throws where the
 * text is not well-formed.
 */
export function parseXml(text: string): XmlElement {
  if (FORBIDDEN.test(text)) throw new Error("a character that XML 1.0 forbids");
  if (!text.startsWith(DECLARATION)) throw new Error("no declaration");
  const document = element("", "");
  const path = [document];
  TOKEN.lastIndex = DECLARATION.length;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 40)}`);
    take(groups, path);
  }
  const [root, ...rest] = document.children;
  if (path.length > 1 || !root || rest.length > 0) throw new Error("not one root element");
  if (document.text.trim() !== "") throw new Error("text outside of the root element");
  return root;
}

function take(groups: Readonly<Record<string, string>>, path: Open[]): void {
  const parent = path.at(-1)!;
  if (groups.open !== undefined) {
    const child = element(groups.open, groups.attributes ?? "");
    parent.children.push(child);
    if (groups.empty === "") path.push(child);
  } else if (groups.close !== undefined) {
    if (groups.close !== parent.name) throw new Error(`</${groups.close}> ends <${parent.name}>`);
    path.pop();
  } else {
    if (groups.text!.includes("]]>")) throw new Error("]]> in text");
    parent.text += unescape(groups.text!.replace(/\r\n?/g, "\n"));
  }
}

function element(name: string, attributes: string): Open {
  const found = [...attributes.matchAll(/(\S+?)="([^"]*)"/g)].map(
    // As a parser normalizes them.
    ([, key, value]): [string, string] => [key!, unescape(value!.replace(/\r\n|\s/g, " "))],
  );
  if (new Set(found.map(([key]) => key)).size < found.length) throw new Error("an attribute twice");
  return { name, attributes: Object.fromEntries(found), children: [], text: "" };
}

function unescape(text: string): string {
  return text.replace(/&(\w*;?)/g, (_, reference: string) => {
    const char = reference.endsWith(";") ? ENTITIES[reference.slice(0, -1)] : undefined;
    if (char === undefined) throw new Error(`&${reference} is no entity`);
    return char;
  });
}
