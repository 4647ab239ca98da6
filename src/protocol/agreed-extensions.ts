import {
  acceptDeflateResponse,
  DEFLATE,
  type DeflateParams,
  parseDeflateOffer,
} from "./deflate.ts";
import { type Extension, parseExtensions } from "./extensions.ts";
import { told } from "./handshake-headers.ts";
import { type Headers, headerValues } from "./http-head.ts";
import { type RuleId, type Violation, violation } from "./rules.ts";

/** What a response agrees on, or the first thing that is wrong with it. */
export interface AgreedExtensions {
  /** Empty where something is wrong. */
  readonly extensions: readonly Extension[];
  readonly deflate: DeflateParams | undefined;
  readonly violation: Violation | undefined;
}

/**
 * Judges the extensions of a response by those that the request offered (sections 4.1 and 9.1;
 * RFC 7692, section 7.1). A request may offer permessage-deflate several times, with different
 * parameters; a response need fit one of the offers.
 */
export function judgeAgreedExtensions(
  headers: Headers,
  offered: readonly Extension[],
): AgreedExtensions {
  const extensions = parseExtensions(headerValues(headers, "Sec-WebSocket-Extensions"));
  if (!extensions) {
    return wrong("response-extensions", `malformed ${told(headers, "Sec-WebSocket-Extensions")}`);
  }
  const names = extensions.map(({ name }) => name);
  const foreign = names.find((name) => !offered.some((offer) => offer.name === name));
  if (foreign !== undefined) return wrong("response-extensions", `${foreign} was not offered`);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) return wrong("response-extensions", `${repeated} is named twice`);
  const response = extensions.find(({ name }) => name === DEFLATE);
  if (!response) return { extensions, deflate: undefined, violation: undefined };
  const deflate = acceptDeflate(response, offered);
  if (typeof deflate === "string") return wrong("deflate-response", deflate);
  return { extensions, deflate, violation: undefined };
}

/** The parameters by the first offer that allows them, or what is wrong with them for the last. */
function acceptDeflate(response: Extension, offered: readonly Extension[]): DeflateParams | string {
  let verdict: DeflateParams | string = `no offer of ${DEFLATE} was valid`;
  for (const extension of offered) {
    const offer = extension.name === DEFLATE ? parseDeflateOffer(extension) : "another extension";
    if (typeof offer === "string") continue;
    verdict = acceptDeflateResponse(response, offer);
    if (typeof verdict !== "string") return verdict;
  }
  return verdict;
}

function wrong(rule: RuleId, found: string): AgreedExtensions {
  return { extensions: [], deflate: undefined, violation: violation(rule, found) };
}
