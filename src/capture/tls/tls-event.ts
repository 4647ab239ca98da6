/** Who sent: the client, or the server. */
export type TlsDirection = "c2s" | "s2c";

/** What could not be done, by name. */
export type TlsNoteCode =
  /** No secret for this connection is in the key log. */
  | "no-key"
  /** The capture lacks the hellos, without which no secret can be found. */
  | "no-handshake"
  | "unsupported-version"
  | "unsupported-suite"
  /** Bytes where a record should begin are none. */
  | "no-record"
  /** A record does not verify: damaged, or the key is another. */
  | "bad-record"
  /** Too much did not verify: the direction is not decrypted any further. */
  | "gave-up"
  /** 0-RTT data, which is passed over. */
  | "early-data"
  /** TLS 1.2 has agreed on new keys, which is not followed. */
  | "renegotiation"
  | "alert";

/** What decrypting one TLS connection tells. */
export type TlsEvent =
  /** What client and server agreed on; told once, before any data. */
  | {
      readonly type: "facts";
      /** `TLS 1.2`, `TLS 1.3`. */
      readonly version: string;
      /** By its IANA name, or number where it has none that is known here. */
      readonly cipherSuite: string;
      readonly sni: string | undefined;
      readonly alpn: string | undefined;
      /** The direction that the client sends in, which is "s2c" where the caller had them swapped. */
      readonly client: TlsDirection;
    }
  /** Application data, in order; the bytes belong to whoever takes the event. */
  | {
      readonly type: "data";
      readonly dir: TlsDirection;
      readonly bytes: Uint8Array;
      /** When the record was complete, in nanoseconds since 1970. */
      readonly tsNs: bigint;
    }
  /** Application data is missing before what comes next, or at the end. */
  | {
      readonly type: "gap";
      readonly dir: TlsDirection;
      /** So many bytes, or fewer where it is not exact: padding and other records hide among them. */
      readonly length: number;
      readonly exact: boolean;
    }
  /** The direction is over; cleanly with a close_notify, otherwise it may have been cut. */
  | { readonly type: "end"; readonly dir: TlsDirection; readonly clean: boolean }
  | {
      readonly type: "note";
      readonly code: TlsNoteCode;
      /** One line. Holds no text of the peers. */
      readonly text: string;
      /** Where it concerns one direction, and one place in its bytes. */
      readonly dir?: TlsDirection;
      readonly offset?: number;
    };
