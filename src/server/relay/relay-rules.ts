import type { Direction } from "../../transport/events.ts";
import type { Held, Interception, Passing, Verdict } from "../../transport/relay/passing.ts";

/** Says which messages and frames something is to be done with. */
export interface RelayRule {
  /** As given. */
  readonly text: string;
  /** Both directions where it is absent. */
  readonly dir?: Direction | undefined;
  readonly matches: (passing: Passing) => boolean;
}

export interface DelayRule extends RelayRule {
  readonly delayMs: number;
}

export interface EditRule extends RelayRule {
  /** The payload changed, or undefined where nothing is to be changed. */
  readonly edit: (data: Uint8Array) => Uint8Array | undefined;
}

/** Rules by what they do. */
export interface RuleKinds {
  readonly hold: RelayRule;
  readonly drop: RelayRule;
  readonly delay: DelayRule;
  readonly edit: EditRule;
}

export type RuleKind = keyof RuleKinds;
export type RelayRuleSet = { readonly [Kind in RuleKind]: readonly RuleKinds[Kind][] };

export const NO_RULES: RelayRuleSet = { hold: [], drop: [], delay: [], edit: [] };

/**
 * What is done with what passes: it is dropped, or else edited by each rule in turn, delayed by the
 * longest that fits, and held. Rules may change while connections are open.
 */
export class RelayRules implements Interception {
  readonly #onHeld: (held: Held) => void;
  #rules: RelayRuleSet;

  /** @param onHeld takes what a rule holds */
  constructor(rules: RelayRuleSet, onHeld: (held: Held) => void) {
    this.#rules = rules;
    this.#onHeld = onHeld;
  }

  get all(): RelayRuleSet {
    return this.#rules;
  }

  /** Puts others in the place of those of a kind. */
  set<Kind extends RuleKind>(kind: Kind, rules: readonly RuleKinds[Kind][]): void {
    this.#rules = { ...this.#rules, [kind]: rules };
  }

  readonly isActive = (dir: Direction): boolean => {
    const { hold, drop, delay, edit } = this.#rules;
    return [hold, drop, delay, edit].some((rules) => rules.some((rule) => holdsFor(rule, dir)));
  };

  readonly judge = (passing: Passing): Verdict => {
    const { hold, drop, delay, edit } = this.#rules;
    if (drop.some((rule) => applies(rule, passing))) return { drop: true };
    const data = edited(edit, passing);
    const found = data ? { ...passing, data } : passing;
    const delays = delay.filter((rule) => applies(rule, found)).map(({ delayMs }) => delayMs);
    return {
      ...(data && { data }),
      ...(delays.length > 0 && { delayMs: Math.max(...delays) }),
      ...(hold.some((rule) => applies(rule, found)) && { hold: this.#onHeld }),
    };
  };
}

function holdsFor(rule: RelayRule, dir: Direction): boolean {
  return rule.dir === undefined || rule.dir === dir;
}

function applies(rule: RelayRule, passing: Passing): boolean {
  return holdsFor(rule, passing.dir) && rule.matches(passing);
}

/** Undefined where it stays what it is. */
function edited(rules: readonly EditRule[], passing: Passing): Uint8Array | undefined {
  let data: Uint8Array | undefined;
  for (const rule of rules) {
    const found = data ? { ...passing, data } : passing;
    if (found.data && applies(rule, found)) data = rule.edit(found.data) ?? data;
  }
  return data;
}
