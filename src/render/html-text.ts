/** More of a page than this is not looked at: what it says stands at its beginning. */
const MAX_LENGTH = 8 * 1024;
/** Elements whose content nobody reads; each is matched at most once from each of its beginnings. */
const UNREAD = /<(script|style|svg|template|noscript)\b[^>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi;
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
const TITLE = /<title\b[^>]*>([\s\S]*?)(?:<\/title\s*>|$)/i;
/** Elements that do not begin a line of their own. */
const INLINE =
  /<\/?(?:a|abbr|b|bdi|code|em|font|i|kbd|mark|q|s|samp|small|span|strong|sub|sup|tt|u|var)\b[^>]*>/gi;
const TAG = /<[a-z/!?][^>]*(?:>|$)/gi;
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi;
const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["apos", "'"],
  ["copy", "©"],
  ["gt", ">"],
  ["hellip", "…"],
  ["lt", "<"],
  ["mdash", "—"],
  ["nbsp", " "],
  ["ndash", "–"],
  ["quot", '"'],
]);

/** True for a body that is a web page, by its media type or by its beginning. */
export function isHtml(contentType: string | undefined, body: string): boolean {
  if (
    contentType !== undefined &&
    /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType)
  )
    return true;
  return /^\s*<(?:!doctype html|html)\b/i.test(body);
}

/** What a person would read of a web page: its title, then its text, a line for each block. */
export function htmlLines(html: string): string[] {
  const page = html.slice(0, MAX_LENGTH).replace(COMMENT, "").replace(UNREAD, "");
  const title = tidy(TITLE.exec(page)?.[1] ?? "");
  const text = page
    .replace(TITLE, "")
    .replace(/[ \t\r\n]+/g, " ")
    .replace(INLINE, "");
  const lines = text.replace(TAG, "\n").split("\n").map(tidy);
  // Many pages say their title again as a heading.
  return [title, ...lines.filter((line) => line !== title)].filter((line) => line !== "");
}

function tidy(text: string): string {
  return decodeEntities(text).replace(/\s+/g, " ").trim();
}

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED.get(name.toLowerCase()) ?? whole;
    const codePoint = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
  });
}
