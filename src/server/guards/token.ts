import type { MessageEvent } from "../../transport/events.ts";
import type { Asking } from "../../transport/serve.ts";
import type { Client } from "../client.ts";
import type { Guard } from "../guard.ts";
import { type Check, credentialsOf, deny, parametersOf } from "./request.ts";
import { isSecret } from "./secrets.ts";

export interface TokenOptions {
  readonly tokens: readonly string[];
  /** How long a client may take to show it in its first message; undefined allows no such thing. */
  readonly timeoutMs: number | undefined;
  /** First messages, which hold tokens, are shown. Default: they are not. */
  readonly showSecrets?: boolean;
}

/** Codes of ours that tell a client why it was shown out. */
export const TOKEN_CODES = { late: 4001, wrong: 4002, none: 4003 } as const;

/** No message that shows a token is longer, in bytes. */
const MAX_LENGTH = 16 * 1024;
const REALM = 'Bearer realm="framecat"';

type Shown = "right" | "wrong" | "none";

/**
 * Wants a token: as `Authorization: Bearer TOKEN` or `?token=TOKEN` of the opening request, which is
 * answered with 401 where it is wrong, or else in the first message, as that text or as
 * `{"type":"auth","token":TOKEN}`. Browsers can set no headers, and addresses are kept in logs.
 * Whoever shows none in its time is closed with 4001, a wrong one with 4002, and whose first message
 * is something else with 4003.
 */
export function tokenGuard({ tokens, timeoutMs, showSecrets = false }: TokenOptions): Guard {
  const shown = new WeakSet<Asking>();
  const waiting = new Map<Client, { readonly timer: NodeJS.Timeout; readonly free: () => void }>();
  const forget = (client: Client): (() => void) | undefined => {
    const { timer, free } = waiting.get(client) ?? {};
    clearTimeout(timer);
    waiting.delete(client);
    return free;
  };
  return {
    admit: (asking) => {
      const token = tokenOf(asking, tokens);
      if (token === "right") shown.add(asking);
      const mayCome = token === "right" || (token === "none" && timeoutMs !== undefined);
      return mayCome ? undefined : denied(token);
    },
    joined: (client) => {
      if (shown.has(client.asking)) return;
      const timer = setTimeout(() => expel(client, "late"), timeoutMs);
      waiting.set(client, { timer, free: client.detain() });
    },
    ...(!showSecrets && { hides: (client: Client) => waiting.has(client) }),
    allows: (client, message) => {
      if (!waiting.has(client)) return true;
      const free = forget(client);
      const token = tokenIn(message, tokens);
      if (token === "right") free?.();
      else expel(client, token);
      return false;
    },
    left: forget,
  };
}

/** Wants the token in the request, for what has no messages. */
export function tokenCheck(tokens: readonly string[]): Check {
  return (asking) => {
    const token = tokenOf(asking, tokens);
    return token === "right" ? undefined : denied(token);
  };
}

function tokenOf(asking: Asking, tokens: readonly string[]): Shown {
  const texts = [...credentialsOf(asking, "bearer"), ...parametersOf(asking, "token")];
  if (texts.length === 0) return "none";
  return texts.every((text) => isSecret(text, tokens)) ? "right" : "wrong";
}

function tokenIn({ kind, data }: MessageEvent, tokens: readonly string[]): Shown {
  if (kind !== "text" || data.length > MAX_LENGTH) return "none";
  const text = Buffer.from(data).toString("utf8");
  if (isSecret(text, tokens)) return "right";
  if (!/^\s*[[{"]/.test(text)) return "wrong";
  const token = memberToken(text);
  if (token === undefined) return "none";
  return isSecret(token, tokens) ? "right" : "wrong";
}

function memberToken(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!(value instanceof Object && "type" in value && value.type === "auth")) return undefined;
    return "token" in value && typeof value.token === "string" ? value.token : undefined;
  } catch {
    return undefined;
  }
}

function denied(token: Shown) {
  const why = token === "none" ? "it showed no token" : "its token is wrong";
  const challenge = token === "none" ? REALM : `${REALM}, error="invalid_token"`;
  return deny("token", 401, why, [["WWW-Authenticate", challenge]]);
}

const EXPULSIONS = {
  late: ["it showed no token in time", "no token in time"],
  wrong: ["its token is wrong", "wrong token"],
  none: ["its first message is no token", "the first message must be the token"],
} as const;

function expel(client: Client, cause: keyof typeof TOKEN_CODES): void {
  const [why, reason] = EXPULSIONS[cause];
  void client.expel({ kind: "token", why, code: TOKEN_CODES[cause], reason });
}
