import { type Check, credentialsOf, deny } from "./request.ts";
import { isSecret } from "./secrets.ts";

const CHALLENGE = ["WWW-Authenticate", 'Basic realm="framecat", charset="UTF-8"'] as const;

/** Wants a user and a password (RFC 7617). @param users each as `USER:PASS` */
export function basicAuthCheck(users: readonly string[]): Check {
  return (asking) => {
    const shown = credentialsOf(asking, "basic");
    const [first] = shown;
    if (first === undefined) return denied("it showed no user and password");
    const right = isSecret(Buffer.from(first, "base64").toString("utf8"), users);
    return right && shown.length === 1 ? undefined : denied("its user or password is wrong");
  };
}

function denied(why: string) {
  return deny("basic-auth", 401, why, [CHALLENGE]);
}
