import { type Check, cookiesOf, deny } from "./request.ts";
import { isSecret } from "./secrets.ts";

export interface RequiredCookie {
  readonly name: string;
  /** Default: any that is not empty. */
  readonly value?: string | undefined;
}

/** Wants all of these cookies. */
export function cookieCheck(required: readonly RequiredCookie[]): Check {
  return (asking) => {
    for (const { name, value } of required) {
      const shown = cookiesOf(asking, name).filter((text) => text !== "");
      if (shown.length === 0) return deny("cookie", 403, `it sent no cookie ${name}`);
      if (value !== undefined && !shown.some((text) => isSecret(text, [value]))) {
        return deny("cookie", 403, `its cookie ${name} has the wrong value`);
      }
    }
    return undefined;
  };
}
