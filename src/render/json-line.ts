/** What JSON.stringify leaves as it is although a terminal acts on it, or nobody sees it. */
const HOSTILE =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/**
 * A value as one line of JSON that is safe to show: JSON escapes C0 by itself, and here the other
 * control characters and the marks of direction too. It parses to the same value.
 */
export function jsonLine(value: unknown): string {
  const escaped = JSON.stringify(value).replace(HOSTILE, escapeUnits);
  return `${escaped}\n`;
}

function escapeUnits(units: string): string {
  return Array.from({ length: units.length }, (_, i) => {
    const unit = units.charCodeAt(i).toString(16).padStart(4, "0");
    return `\\u${unit}`;
  }).join("");
}
