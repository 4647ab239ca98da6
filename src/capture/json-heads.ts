import { Buffer } from "node:buffer";

/** How the JSON begins that can be read; apart from the readers, which most inputs do not need. */
const HAR_START = '{"log":';
/** More blanks than that nobody puts before a document. */
const HAR_HEAD_LENGTH = 1024;

/** Whether a file that begins like this is a HAR; undefined where more bytes are needed. */
export function looksLikeHar(head: Uint8Array): boolean | undefined {
  const text = Buffer.from(head.subarray(0, HAR_HEAD_LENGTH)).toString("latin1");
  const begun = text.replace(/^\xef\xbb\xbf/, "").replace(/\s+/g, "");
  if (begun.length >= HAR_START.length) return begun.startsWith(HAR_START);
  return HAR_START.startsWith(begun) && head.length < HAR_HEAD_LENGTH ? undefined : false;
}

/** Where the schema of an event stands, in whatever order its members come. */
const EVENT_SCHEMA = /^\s*\{[^\n]*"v"\s*:\s*"framecat\.event\//;
const EVENT_HEAD_LENGTH = 4096;

/** Whether a file that begins like this holds our events; undefined where more bytes are needed. */
export function looksLikeEvents(head: Uint8Array): boolean | undefined {
  const begun = Buffer.from(head.subarray(0, EVENT_HEAD_LENGTH)).toString("latin1");
  if (EVENT_SCHEMA.test(begun)) return true;
  return /^\s*(\{[^\n]*)?$/.test(begun) && head.length < EVENT_HEAD_LENGTH ? undefined : false;
}
