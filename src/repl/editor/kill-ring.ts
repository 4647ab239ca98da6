/** What was killed, to be yanked: the newest first, kills in a row as one. */
export interface KillRing {
  /** @param joins whether this kill goes on with the one before, and on which side of it */
  kill(text: string, joins: "before" | "after" | undefined): void;
  /** The newest. */
  yank(): string | undefined;
  /** The next older than what was given last, the newest after the oldest. */
  rotate(): string | undefined;
}

const MAX_KILLS = 60;

export function createKillRing(): KillRing {
  const kills: string[] = [];
  let at = 0;
  return {
    kill: (text, joins) => {
      const newest = joins === undefined ? "" : (kills.shift() ?? "");
      kills.unshift(joins === "before" ? text + newest : newest + text);
      kills.length = Math.min(kills.length, MAX_KILLS);
    },
    yank: () => {
      at = 0;
      return kills[0];
    },
    rotate: () => {
      at = kills.length === 0 ? 0 : (at + 1) % kills.length;
      return kills[at];
    },
  };
}
