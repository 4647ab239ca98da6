import { expect, it } from "vitest";
import { isSecret } from "../../../src/server/guards/secrets.ts";

it.each<[string, readonly string[], boolean]>([
  ["s3cret", ["s3cret"], true],
  ["s3cret", ["other", "s3cret"], true],
  ["s3cret", ["s3cret", "s3cret"], true],
  ["s3cre", ["s3cret"], false],
  ["s3crett", ["s3cret"], false],
  ["S3CRET", ["s3cret"], false],
  ["", ["s3cret"], false],
  ["", [], false],
  ["pässwörd", ["pässwörd"], true],
])("%j among %j: %s", (text, secrets, found) => expect(isSecret(text, secrets)).toBe(found));
