/** Lines that wait to be printed. Beyond their limit the oldest are dropped, and counted. */
export interface HeldLines {
  /** @param text whole lines, each with its end */
  add(text: string): void;
  /** UTF-16 units that wait. */
  readonly length: number;
  /** All of them as one text, and none from then on; first what was dropped is told. */
  take(): string;
}

export function createHeldLines(limit: number): HeldLines {
  let held: string[] = [];
  let length = 0;
  let dropped = 0;
  return {
    add: (text) => {
      held.push(text);
      length += text.length;
      while (length > limit && held.length > 1) {
        const oldest = held.shift() ?? "";
        length -= oldest.length;
        dropped += oldest.split("\n").length - 1;
      }
    },
    get length() {
      return length;
    },
    take: () => {
      const told = dropped > 0 ? `… ${dropped.toLocaleString("en")} lines were not kept\n` : "";
      const text = told + held.join("");
      held = [];
      length = 0;
      dropped = 0;
      return text;
    },
  };
}
