import type { Clock } from "../../clock.ts";
import type { Asking } from "../../transport/serve.ts";
import type { Denial, Guard } from "../guard.ts";
import type { RateOptions } from "./allowance.ts";
import { basicAuthCheck } from "./basic-auth.ts";
import { cookieCheck, type RequiredCookie } from "./cookie.ts";
import { crowdGuard, type CrowdOptions } from "./crowd.ts";
import { csrfCheck } from "./csrf.ts";
import { idleGuard } from "./idle.ts";
import { limitsGuard } from "./limits.ts";
import { livenessGuard, type LivenessOptions } from "./liveness.ts";
import { originCheck, type OriginOptions } from "./origin.ts";
import { rateGuard } from "./rate.ts";
import type { Check } from "./request.ts";
import { slowReaderGuard, type SlowReaderOptions } from "./slow-reader.ts";
import { subprotocolCheck } from "./subprotocol.ts";
import { tokenCheck, tokenGuard, type TokenOptions } from "./token.ts";

/** What guards a server: what is absent is off, and costs nothing. */
export interface GuardSettings {
  readonly origin?: OriginOptions | undefined;
  /** Subprotocols of which a client must offer one; empty for any. */
  readonly subprotocols?: readonly string[] | undefined;
  /** Each as `USER:PASS`. */
  readonly users?: readonly string[] | undefined;
  readonly token?: TokenOptions | undefined;
  readonly cookies?: readonly RequiredCookie[] | undefined;
  /** The name of the cookie and the parameter. */
  readonly csrf?: string | undefined;
  readonly crowd?: CrowdOptions | undefined;
  readonly liveness?: LivenessOptions | undefined;
  readonly idleMs?: number | undefined;
  readonly rate?: RateOptions | undefined;
  readonly slowReader?: SlowReaderOptions | undefined;
  /** Messages that are too much for the connection itself are counted. */
  readonly limits?: boolean | undefined;
}

/** Decides on a plain HTTP request: credentials are wanted of those, too, and no more than that. */
export type MayRead = (asking: Asking) => Denial | undefined;

/**
 * The guards in the order in which they are asked: what a request shows comes first, and places are
 * taken last, so that whoever is turned away takes none.
 */
export function makeGuards(settings: GuardSettings, clock: Clock): readonly Guard[] {
  const { origin, subprotocols, users, token, cookies, csrf, crowd } = settings;
  const { liveness, idleMs, rate, slowReader, limits } = settings;
  return [
    origin && asGuard(originCheck(origin)),
    subprotocols && asGuard(subprotocolCheck(subprotocols)),
    users && asGuard(basicAuthCheck(users)),
    token && tokenGuard(token),
    cookies && asGuard(cookieCheck(cookies)),
    csrf !== undefined && asGuard(csrfCheck(csrf)),
    crowd && crowdGuard(crowd),
    liveness && livenessGuard(liveness, clock),
    idleMs !== undefined && idleGuard(idleMs),
    rate && rateGuard(rate, clock),
    slowReader && slowReaderGuard(slowReader),
    limits && limitsGuard(),
  ].filter((guard) => guard !== undefined && guard !== false);
}

/** Who may read the pages of the server: who shows the user, the token and the cookies wanted. */
export function makeMayRead({ users, token, cookies }: GuardSettings): MayRead {
  const checks = [
    users && basicAuthCheck(users),
    token && tokenCheck(token.tokens),
    cookies && cookieCheck(cookies),
  ].filter((check) => check !== undefined);
  return (asking) => firstDenial(checks, asking);
}

function firstDenial(checks: readonly Check[], asking: Asking): Denial | undefined {
  for (const check of checks) {
    const denial = check(asking);
    if (denial) return denial;
  }
  return undefined;
}

function asGuard(admit: Check): Guard {
  return { admit };
}
