import type { ConnectionOptions } from "../../transport/connection.ts";
import { type Random, striker } from "./dice.ts";
import type { SilenceFault, TellFault } from "./fault.ts";

/**
 * What a connection leaves unanswered.
 * @param random the random numbers of a fault at this client
 */
export function silences(
  faults: readonly SilenceFault[],
  random: (fault: SilenceFault) => Random,
  tell: TellFault,
): Pick<ConnectionOptions, "answersPing" | "answersClose"> {
  const answers = (name: SilenceFault["name"], what: string): (() => boolean) | undefined => {
    const dice = faults
      .filter((fault) => fault.name === name)
      .map((fault) => striker(fault.when, random(fault)));
    if (dice.length === 0) return undefined;
    return () => {
      const struck = dice.filter((strikes) => strikes(1));
      if (struck.length > 0) tell(name, what);
      return struck.length === 0;
    };
  };
  const answersPing = answers("no-pong", "a ping gets no pong");
  const answersClose = answers("no-close", "a Close frame gets no answer");
  return { ...(answersPing && { answersPing }), ...(answersClose && { answersClose }) };
}
