import { describe, expect, it } from "vitest";
import {
  fromClient,
  fromServer,
  hear,
  inShort,
  request,
  response,
  Talk,
} from "../../helpers/talk.ts";

describe("who is the client", () => {
  it("shows in HTTP where the capture begins after the SYN", async () => {
    const talk = new Talk().server("x".repeat(10)).open("/ws").client(fromClient("hi"));
    const packets = talk.packets.slice(3);
    const { events } = await hear(packets);
    expect(inShort(events).slice(0, 2)).toEqual([
      "1 handshake ws://example.test/ws 101",
      "1 → text@0 hi",
    ]);
  });

  it("shows in a response that is seen first, too", async () => {
    const talk = new Talk().client(request("/ws")).server(response()).server(fromServer("ho"));
    const [ask, ...rest] = talk.packets;
    const { events } = await hear([...rest.slice(0, 1), ask!, ...rest.slice(1)]);
    expect(inShort(events)[0]).toBe("1 handshake ws://example.test/ws 101");
    expect(events[0]).toMatchObject({ remote: "10.0.0.2:9000" });
  });
});

it("a connection of which the first bytes are missing may still speak HTTP later", async () => {
  const talk = new Talk().connect().lost("client", 10);
  talk.client(request("/ws")).server(response()).wait(3000).client(fromClient("hi"));
  const { events } = await hear(talk);
  expect(inShort(events).slice(0, 2)).toEqual([
    "1 handshake ws://example.test/ws 101",
    "1 → text@0 hi",
  ]);
});

it("what speaks something else is dropped, whatever follows", async () => {
  const talk = new Talk().connect().server("220 mail.test\r\n").client(request("/ws"));
  const { events, report } = await hear(talk.server(response()));
  expect(events).toEqual([]);
  expect(report.connections.other).toBe(1);
});
