import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Captures with their reference decodes, which are not part of the repository. */
export const CAPTURES = fileURLToPath(new URL("../../../shared/captures/", import.meta.url));

export interface ExpectedPayload {
  readonly len: number;
  readonly sha256_16: string;
}

export interface ExpectedFrame {
  readonly dir: "c2s" | "s2c";
  readonly offset: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly masking_key?: string;
  readonly length: number;
  readonly length_form: number;
  readonly payload?: ExpectedPayload;
  readonly close_code?: number | null;
  readonly close_reason?: string;
}

export interface ExpectedMessage {
  readonly dir: "c2s" | "s2c";
  readonly type: "text" | "binary";
  readonly fragments: number;
  readonly compressed: boolean;
  readonly wire_len: number;
  readonly len: number;
  readonly sha256_16: string;
}

export interface ExpectedHead {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ExpectedStream {
  readonly nodes: readonly [string, string];
  readonly request: ExpectedHead | null;
  readonly response: ExpectedHead | null;
  readonly frames: readonly ExpectedFrame[];
  readonly messages: readonly ExpectedMessage[];
  readonly extensions?: string;
}

export interface ExpectedCapture {
  readonly file: string;
  readonly streams: readonly ExpectedStream[];
}

/** All reference decodes; none where the folder is absent. */
export function expectedCaptures(): ExpectedCapture[] {
  if (!existsSync(CAPTURES)) return [];
  return readdirSync(CAPTURES)
    .filter((name) => name.endsWith(".expect.json"))
    .map((name) => JSON.parse(readFileSync(CAPTURES + name, "utf8")) as ExpectedCapture);
}
