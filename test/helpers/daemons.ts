import { spawn } from "node:child_process";
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { certificate } from "./certificates.ts";
import { freePort } from "./transport.ts";

/**
 * Programs that nobody here wrote, as servers and proxies on 127.0.0.1. Each runs in a folder of its
 * own until the test is over. They want a fixed port, so a free one is looked for before.
 */

const FOLDERS = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];

function find(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where each is installed; undefined where it is not, and tests with it are skipped. */
export const PROGRAMS = {
  nginx: find("nginx"),
  mosquitto: find("mosquitto"),
  tinyproxy: find("tinyproxy"),
  squid: find("squid"),
  microsocks: find("microsocks"),
  danted: find("danted"),
} as const;

export type Program = keyof typeof PROGRAMS;

export interface Daemon {
  readonly port: number;
  /** Holds its configuration and logs. */
  readonly folder: string;
}

/** Starts a program and waits until it accepts connections. */
async function startDaemon(
  program: Program,
  prepare: (folder: string, port: number) => readonly string[] | Promise<readonly string[]>,
): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), `framecat-${program}-`));
  // Some run as another user than the one who starts them.
  chmodSync(folder, 0o777);
  const port = await freePort();
  const child = spawn(PROGRAMS[program] ?? program, await prepare(folder, port), {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const failed = ended.then((code) => {
    throw new Error(`${program} ended with ${code}: ${said}`);
  });
  failed.catch(() => undefined);
  await Promise.race([accepting(port), failed]);
  return { port, folder };
}

/** Resolves once a connection is accepted; between two tries it waits for the refusal itself. */
async function accepting(port: number): Promise<void> {
  for (;;) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (accepted) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** nginx in front of a WebSocket server, in TLS; `ca` is what to trust. */
export async function startNginx(upstream: number): Promise<Daemon & { readonly ca: string }> {
  const { cert, key } = await certificate();
  const daemon = await startDaemon("nginx", (folder, port) => {
    writeFileSync(join(folder, "cert.pem"), cert);
    writeFileSync(join(folder, "key.pem"), key);
    writeFileSync(join(folder, "nginx.conf"), nginxConf(folder, port, upstream));
    return ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")];
  });
  return { ...daemon, ca: join(daemon.folder, "cert.pem") };
}

function nginxConf(folder: string, port: number, upstream: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `daemon off; master_process off; pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  ${temporary.join("\n  ")}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;
    location / { return 404 "nothing here"; }
    location /ws {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
    }
    location /dead { proxy_pass http://127.0.0.1:1; }
  }
}
`;
}

/** A broker of MQTT over WebSocket. */
export function startMosquitto(): Promise<Daemon> {
  return startDaemon("mosquitto", (folder, port) => {
    const conf = join(folder, "mosquitto.conf");
    writeFileSync(
      conf,
      // Without a listener of plain MQTT it takes itself to listen to nothing.
      `allow_anonymous true\nuser root\nlistener 0 ${folder}/mqtt\n` +
        `listener ${port} 127.0.0.1\nprotocol websockets\n`,
    );
    return ["-c", conf];
  });
}

export function startTinyproxy(credentials?: string): Promise<Daemon> {
  return startDaemon("tinyproxy", (folder, port) => {
    const conf = join(folder, "tinyproxy.conf");
    const auth = credentials === undefined ? "" : `BasicAuth ${credentials.replace(":", " ")}\n`;
    writeFileSync(conf, `Port ${port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 10\n${auth}`);
    return ["-d", "-c", conf];
  });
}

export function startSquid(): Promise<Daemon> {
  return startDaemon("squid", (folder, port) => {
    const conf = join(folder, "squid.conf");
    writeFileSync(
      conf,
      `http_port 127.0.0.1:${port}
http_access allow all
cache deny all
cache_log ${folder}/cache.log
access_log none
pid_filename ${folder}/squid.pid
coredump_dir ${folder}
shutdown_lifetime 0 seconds
pinger_enable off
`,
    );
    return ["-N", "-f", conf];
  });
}

export function startMicrosocks(credentials?: readonly [user: string, password: string]) {
  return startDaemon("microsocks", (_, port) => {
    const auth = credentials ? ["-u", credentials[0], "-P", credentials[1]] : [];
    return ["-i", "127.0.0.1", "-p", String(port), ...auth];
  });
}

export function startDanted(): Promise<Daemon> {
  return startDaemon("danted", (folder, port) => {
    const conf = join(folder, "danted.conf");
    writeFileSync(
      conf,
      `logoutput: stderr
internal: 127.0.0.1 port = ${port}
external: 127.0.0.1
socksmethod: none
clientmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
`,
    );
    return ["-f", conf, "-p", join(folder, "danted.pid"), "-N", "1"];
  });
}
