import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer as createPlainServer, type Server as PlainServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { freePort } from "./crash-server.ts";

/** An https front of a plain server, whose certificate a test can change. */
export interface TlsFront extends AsyncDisposable {
  /** `https://localhost:port`, the same for every certificate. */
  url: string;
  /** Takes connections with this certificate from now on; those that are open end. */
  show(which: keyof Certificates): Promise<void>;
  /** Of the authority that signed all but `selfSigned`: PEM. */
  ca: string;
  /** A file with it. */
  caFile: string;
}

export interface Certificates {
  good: Certificate;
  expired: Certificate;
  otherName: Certificate;
  selfSigned: Certificate;
}

interface Certificate {
  cert: string;
  key: string;
}

/** Why there can be no certificates here; null when there can. */
export function opensslMissing(): string | null {
  return Bun.which("openssl") === null ? "needs openssl on PATH to make certificates" : null;
}

export async function tlsFront(target: string): Promise<TlsFront> {
  const dir = mkdtempSync(join(tmpdir(), "sotto-tls-"));
  const { certificates, ca } = makeCertificates(dir);
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  const servers: (Server | PlainServer)[] = [];
  const listen = async (server: Server | PlainServer): Promise<number> => {
    const port = freePort();
    const listening = Promise.withResolvers<void>();
    server.listen(port, "127.0.0.1", () => listening.resolve());
    await listening.promise;
    servers.push(server);
    return port;
  };
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  // One door for all certificates: whoever comes while they change finds one of them, and never a door that is shut.
  let shownPort = 0;
  const port = await listen(createPlainServer((client) => pass(client, connect(shownPort, "127.0.0.1"), sockets)));
  const ports = new Map<string, number>();
  return {
    url: `https://localhost:${port}`,
    ca,
    caFile: join(dir, "ca.crt"),
    async show(which) {
      const server = () =>
        createServer(certificates[which], (client) => pass(client, connect(Number(targetPort), hostname), sockets));
      const held = ports.get(which) ?? (await listen(server().on("tlsClientError", () => {})));
      ports.set(which, held);
      shownPort = held;
      end();
    },
    async [Symbol.asyncDispose]() {
      end();
      for (const server of servers) await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function pass(client: Socket, server: Socket, sockets: Set<Socket>): void {
  for (const [socket, other] of [
    [client, server],
    [server, client],
  ] as const) {
    sockets.add(socket);
    socket.on("error", () => other.destroy());
    socket.on("close", () => (other.destroy(), sockets.delete(socket)));
  }
  client.pipe(server);
  server.pipe(client);
}

function makeCertificates(dir: string): { certificates: Certificates; ca: string } {
  const openssl = (...words: string[]) => {
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...words], { cwd: dir, stdout: "ignore", stderr: "pipe" });
    if (exitCode !== 0) throw new Error(stderr.toString());
  };
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...fresh,
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
    "-days",
    "2",
    "-subj",
    "/CN=A test authority",
  );
  const signed = (name: string, options: { days: number; host: string }): Certificate => {
    writeFileSync(join(dir, `${name}.ext`), `subjectAltName=DNS:${options.host}`);
    openssl("req", ...fresh, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${options.host}`);
    const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", `${name}.ext`];
    openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-days", String(options.days), "-out", `${name}.crt`);
    return read(name);
  };
  const read = (name: string) => ({
    cert: readFileSync(join(dir, `${name}.crt`), "utf8"),
    key: readFileSync(join(dir, `${name}.key`), "utf8"),
  });
  const alone = ["-keyout", "alone.key", "-out", "alone.crt", "-days", "2", "-subj", "/CN=localhost"];
  openssl("req", "-x509", ...fresh, ...alone, "-addext", "subjectAltName=DNS:localhost");
  const certificates = {
    good: signed("good", { days: 2, host: "localhost" }),
    // It ended before it began, which is over as well.
    expired: signed("expired", { days: -1, host: "localhost" }),
    otherName: signed("other", { days: 2, host: "elsewhere.example" }),
    selfSigned: read("alone"),
  };
  return { certificates, ca: readFileSync(join(dir, "ca.crt"), "utf8") };
}
