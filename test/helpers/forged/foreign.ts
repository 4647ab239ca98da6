import { ethernet, fields, ipv4, tcp } from "../packets.ts";
import type { Dice } from "./dice.ts";
import type { ForgedPacket, Network } from "./links.ts";

/** What else a capture holds; none of it is WebSocket. */
type Foreign = (dice: Dice, own: readonly [client: number, server: number]) => Uint8Array;

const OTHERS = { source: [10, 0, 0, 77], destination: [10, 0, 0, 2] };

const KINDS: readonly Foreign[] = [
  (dice, [client, server]) => {
    const bytes = dice.bytes(dice.from(0, 300));
    return ipv4(
      Buffer.concat([
        fields("big", [client, 2], [server, 2], [bytes.length + 8, 2], [0, 2]),
        bytes,
      ]),
      { protocol: 17 },
    );
  },
  (dice) => ipv4(dice.bytes(dice.from(0, 80)), { protocol: 1 }),
  (dice) => dice.bytes(dice.from(0, 60)),
  (dice, [sourcePort, destinationPort]) => {
    const payload = dice.bytes(dice.from(1, 400));
    const seq = dice.next("sequence number", payload.length);
    return ipv4(tcp({ sourcePort, destinationPort, seq, ack: 1, payload }), OTHERS);
  },
  (dice, [sourcePort]) => {
    const payload = Buffer.from(
      dice.pick(["EHLO me\r\n", "HTTP/1.1 200 OK\r\n\r\n", "SSH-2.0-x\r\n"]),
    );
    return ipv4(tcp({ sourcePort, destinationPort: 25, seq: dice.from(0, 9999), ack: 1, payload }));
  },
];

/** A packet of others, between those of a connection on these ports. */
export function foreignPacket(
  dice: Dice,
  ports: readonly [client: number, server: number],
  { link, snapLength }: Network,
  ns: bigint,
): ForgedPacket {
  const isArp = link.linkType === 1 && dice.chance(0.2);
  const data = isArp
    ? ethernet(dice.bytes(28), 0x0806)
    : link.wrap(dice.pick(KINDS)(dice, ports), 4);
  const captured = data.slice(0, snapLength);
  return { data: captured, originalLength: data.length, linkType: link.linkType, ns };
}
