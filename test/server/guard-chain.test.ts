import { expect, it } from "vitest";
import type { Client } from "../../src/server/client.ts";
import { GuardChain } from "../../src/server/guard-chain.ts";
import type { Guard } from "../../src/server/guard.ts";
import type { MessageEvent } from "../../src/transport/events.ts";
import type { Asking } from "../../src/transport/serve.ts";

const client = {} as Client;
const message = { type: "message" } as MessageEvent;
const denial = (kind: string) => ({ kind, why: kind, reply: { status: 403, body: kind } });

/** Two guards with the same answer to each question, and one who has none; what each was asked. */
function chainOf(answer: boolean) {
  const asked: string[] = [];
  const tell = (words: string) => {
    asked.push(words);
    return answer;
  };
  const guard = (name: string): Guard => ({
    joined: () => void tell(`${name} joined`),
    hides: () => tell(`${name} hides`),
    allows: () => tell(`${name} allows`),
    heard: (_, { type }) => void tell(`${name} heard ${type}`),
    maySend: (_, length) => tell(`${name} maySend ${length}`),
    left: () => void tell(`${name} left`),
  });
  return { chain: new GuardChain([guard("a"), {}, guard("b")]), asked };
}

it.each<readonly [string, boolean, (chain: GuardChain) => unknown, unknown, string[]]>([
  ["hides what one hides", true, (c) => c.hides(client), true, ["a hides"]],
  ["hides nothing else", false, (c) => c.hides(client), false, ["a hides", "b hides"]],
  ["allows what all allow", true, (c) => c.allows(client, message), true, ["a allows", "b allows"]],
  ["allows nothing else", false, (c) => c.allows(client, message), false, ["a allows"]],
  ["sends what all let", true, (c) => c.maySend(client, 5), true, ["a maySend 5", "b maySend 5"]],
  ["sends nothing else", false, (c) => c.maySend(client, 5), false, ["a maySend 5"]],
  ["tells all who joined", true, (c) => c.joined(client), undefined, ["a joined", "b joined"]],
  [
    "tells all what happened",
    false,
    (c) => c.heard(client, message),
    undefined,
    ["a heard message", "b heard message"],
  ],
  ["tells all who left", true, (c) => c.left(client), undefined, ["a left", "b left"]],
])("%s", (_, answer, ask, told, order) => {
  const { chain, asked } = chainOf(answer);
  expect([ask(chain), asked]).toEqual([told, order]);
});

it("turns away by the first who does, and asks no other", async () => {
  const asked: string[] = [];
  const guard = (kind: string, denies: boolean): Guard => ({
    admit: () => {
      asked.push(kind);
      return Promise.resolve(denies ? denial(kind) : undefined);
    },
  });
  const chain = new GuardChain([{}, guard("a", false), guard("b", true), guard("c", true)]);
  expect([(await chain.admit({} as Asking))?.kind, asked]).toEqual(["b", ["a", "b"]]);
  expect(await new GuardChain([{}, guard("a", false)]).admit({} as Asking)).toBeUndefined();
});
