/** When a fault strikes. */
export type When =
  /** Each time, with this chance from above 0 to 1. */
  | { readonly kind: "chance"; readonly probability: number }
  /** Once, at the message of this number of those that the client is sent, from 1 on. */
  | { readonly kind: "message"; readonly number: number }
  /** Once, so long after the opening. */
  | { readonly kind: "time"; readonly ms: number };

/** How a fault was written, which tells it from all others. */
interface Written {
  readonly text: string;
}

/** How the bytes to a client leave. */
export type LinkFault = Written & { readonly family: "link" } & (
    | { readonly name: "latency"; readonly latencyMs: number; readonly jitterMs: number }
    | { readonly name: "bandwidth"; readonly bytesPerSecond: number }
    | { readonly name: "split"; readonly size: number }
    | { readonly name: "coalesce"; readonly ms: number }
  );

/** What becomes of a message to a client, or of the frames that it is sent in. */
export type MessageFault = Written & { readonly family: "message"; readonly when: When } & (
    | { readonly name: "drop" | "duplicate" | "reorder" | "corrupt" | "bad-utf8" }
    | { readonly name: "mask" | "rsv1" | "rsv2" | "rsv3" }
    | { readonly name: "fragment"; readonly size: number }
    | { readonly name: "opcode"; readonly opcode: number }
  );

/** How a client is answered that asks for a WebSocket. */
export type HandshakeFault = Written & { readonly family: "handshake"; readonly when: When } & (
    | { readonly name: "wrong-accept" }
    /** Infinity: it is never answered. */
    | { readonly name: "stall-handshake"; readonly ms: number }
  );

/** What a client gets no answer to. */
export type SilenceFault = Written & {
  readonly family: "silence";
  readonly when: When;
  readonly name: "no-pong" | "no-close";
};

/** How a connection ends. */
export type EndFault = Written & { readonly family: "end"; readonly when: When } & (
    | { readonly name: "half-close" | "reset" }
    /** Without a code the Close frame is empty. */
    | { readonly name: "close"; readonly code: number | undefined }
  );

export type Fault = LinkFault | MessageFault | HandshakeFault | SilenceFault | EndFault;
export type FaultName = Fault["name"];

/** Tells and counts that a fault has struck. */
export type TellFault = (name: FaultName, words: string) => void;
