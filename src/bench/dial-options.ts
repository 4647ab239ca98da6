import { compileTemplate } from "../scenario/template.ts";
import { cachingLookup } from "../transport/caching-lookup.ts";
import type { LeanDialOptions } from "../transport/lean-dial.ts";
import { parseLocalAddresses } from "../transport/local-addresses.ts";
import { Opening } from "../transport/opening.ts";
import { parseTarget } from "../transport/target.ts";
import type { Composer } from "./composer.ts";
import type { DialPlan, DialTemplate } from "./plan.ts";

/** How long a peer has to answer a Close frame when the run is over. */
const CLOSE_TIMEOUT_MS = 1000;
/** The name is asked for once in so long, not by each of thousands of sockets. */
const LOOKUP_TTL_MS = 30_000;

export type Common = Pick<LeanDialOptions, "clock" | "random" | "signal" | "deflate">;

/**
 * Gives the options that a socket is dialed with. All share one object, which thousands of sockets
 * keep, unless they differ: by source address, or by what a template makes of their row.
 * @throws FramecatError (usage) where a template is wrong, or a header cannot be sent
 */
export function dialOptionsOf(
  plan: DialPlan,
  common: Common,
  composer: Pick<Composer, "rows" | "fill">,
): (socket: number) => LeanDialOptions {
  const { localAddresses, template, deflate: _, ...dial } = plan;
  const shared: LeanDialOptions = {
    ...dial,
    ...common,
    lookup: cachingLookup(LOOKUP_TTL_MS),
    closeTimeoutMs: CLOSE_TIMEOUT_MS,
  };
  const addresses =
    localAddresses === undefined
      ? undefined
      : parseLocalAddresses(localAddresses, "--local-address");
  const own = template && ownPart(template, composer);
  const addressed = (socket: number) => ({
    ...(addresses && { localAddress: addresses.at(socket % addresses.count) }),
  });
  if (own) return (socket) => ({ ...shared, ...addressed(socket), ...own(socket) });
  const alike = { ...shared, opening: new Opening(shared.target, shared, common.random(16)) };
  return addresses ? (socket) => ({ ...alike, ...addressed(socket) }) : () => alike;
}

function ownPart(
  { url, headers }: DialTemplate,
  composer: Pick<Composer, "rows" | "fill">,
): (socket: number) => Pick<LeanDialOptions, "target" | "headers"> {
  const { rows } = composer;
  const address = compileTemplate(url, "URL", rows?.columns);
  const values = headers.map(
    ([name, value]) => [name, compileTemplate(value, "--header", rows?.columns)] as const,
  );
  return (socket) => ({
    target: parseTarget(composer.fill(address, socket, 0)),
    headers: values.map(([name, value]) => [name, composer.fill(value, socket, 0)] as const),
  });
}
