import type { SlashCommand } from "./command.ts";

export const CONNECTION_COMMANDS: readonly SlashCommand[] = [
  {
    name: "state",
    takes: "",
    meaning: "show the ready state, what is still to be sent, and counts",
    topic: "Connection",
    run: (_, { link, views }) => {
      const { state, bufferedAmount, queued, subprotocol, traffic } = link;
      const parts = [
        state,
        `${bufferedAmount} B buffered`,
        ...(queued > 0 ? [`${queued} messages wait for the connection`] : []),
        `${traffic.out.messages} sent`,
        `${traffic.in.messages} received`,
        ...(link.rttMs === undefined ? [] : [`last ping ${link.rttMs.toFixed(1)} ms`]),
        subprotocol === undefined ? "no subprotocol" : `subprotocol ${views.escape(subprotocol)}`,
      ];
      return [parts.join(" · ")];
    },
  },
  {
    name: "handshake",
    takes: "",
    meaning: "show the opening handshake with all its headers",
    topic: "Connection",
    run: (_, { past, views }) =>
      past.handshake ? views.handshake(past.handshake) : ["there was no handshake yet"],
  },
  {
    name: "reconnect",
    takes: "",
    meaning: "close the connection and open it again",
    topic: "Connection",
    run: async (_, { link }) => {
      await link.reconnect();
      return [];
    },
  },
];
