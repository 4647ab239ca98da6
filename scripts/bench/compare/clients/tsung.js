import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const PROGRAM = "/usr/bin/tsung";
const DTD = "/usr/share/tsung/tsung-1.0.dtd";
/** Users that arrive in a second. */
const ARRIVALS = 200;

/**
 * Erlang's port mapper runs beside it, on a port of its own, as one of its processes: else one would
 * be left behind as a daemon that listens on all addresses.
 */
const WITH_MAPPER =
  "epmd -address 127.0.0.1 & " +
  "until epmd -names >/dev/null 2>&1; do sleep 0.05; done; " +
  'exec "$0" "$@"';
const LOOPBACK_ONLY = "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}";

/** A message is acknowledged by the next one that comes, which is the default. */
const config = ({ url, sockets, size }) => `<?xml version="1.0"?>
<!DOCTYPE tsung SYSTEM "${DTD}">
<tsung loglevel="warning" version="1.0">
  <clients>
    <client host="localhost" use_controller_vm="true" maxusers="100000"/>
  </clients>
  <servers>
    <server host="127.0.0.1" port="${new URL(url).port}" type="tcp"/>
  </servers>
  <load>
    <arrivalphase phase="1" duration="10" unit="minute">
      <users maxnumber="${sockets}" arrivalrate="${ARRIVALS}" unit="second"/>
    </arrivalphase>
  </load>
  <sessions>
    <session name="echo" probability="100" type="ts_websocket">
      <request><websocket type="connect" path="/"/></request>
      <for from="1" to="1000000000" var="i">
        <request><websocket type="message" frame="text">${"a".repeat(size)}</websocket></request>
      </for>
    </session>
  </sessions>
</tsung>
`;

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export const tsung = {
  name: "tsung",
  missing: () =>
    existsSync(PROGRAM) ? undefined : "no tsung; scripts/install-peers.sh installs it",
  command: async (load) => {
    const file = join(load.folder, "tsung.xml");
    const logs = join(load.folder, "logs");
    mkdirSync(logs);
    writeFileSync(file, config(load));
    return {
      file: "bash",
      // Without its web page, and without waiting before the load.
      args: ["-c", WITH_MAPPER, PROGRAM, "-n", "-w", "0", "-f", file, "-l", logs, "start"],
      env: {
        HOME: load.folder,
        ERL_EPMD_PORT: String(await freePort()),
        ERL_FLAGS: LOOPBACK_ONLY,
      },
    };
  },
};
