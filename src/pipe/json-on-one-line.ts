/**
 * JSON without the newlines between its tokens, and without the indentation behind them. All else
 * stays as it is: numbers, escapes, the order of keys and keys that occur twice. A string holds no
 * newline as such, so none is touched within one. Undefined for what is no JSON.
 */
export function jsonOnOneLine(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return text.replaceAll(/[\r\n][ \t\r\n]*/g, "");
}
