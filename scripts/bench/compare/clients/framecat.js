import process from "node:process";

/**
 * `framecat bench`, as it is: a coordinator and its workers. It ends when it is killed, long before
 * its time is up. Idle sockets are those that it holds.
 * @param bin the path of `bin/framecat.js`
 */
export const framecat = (bin) => ({
  name: "framecat",
  missing: () => undefined,
  command: ({ url, sockets, inFlight, size }) => {
    const load =
      inFlight > 0
        ? ["--in-flight", String(inFlight), "--size", String(size), "--duration", "10m"]
        : ["--measure", "hold", "--ping-interval", "1h", "--duration", "10m"];
    const args = ["bench", url, "--connections", String(sockets), "--warmup", "0s", "--json"];
    return { file: process.execPath, args: [bin, ...args, ...load] };
  },
});
