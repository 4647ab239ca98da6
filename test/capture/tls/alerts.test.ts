import { expect, it } from "vitest";
import { alertName, CLOSE_NOTIFY } from "../../../src/capture/tls/alerts.ts";

it.each([
  [CLOSE_NOTIFY, "close_notify (0)"],
  [40, "handshake_failure (40)"],
  [121, "ech_required (121)"],
  [200, "alert 200"],
])("alert %i", (description, name) => {
  expect(alertName(description)).toBe(name);
});
