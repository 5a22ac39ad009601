/** A socket's opening handshake, written by hand: every header is as given, and none is added. The status of the answer. */
export async function rawUpgrade(
  url: string,
  options: { path: string; headers?: Record<string, string> },
): Promise<number> {
  const { hostname, port } = new URL(url);
  const answered = Promise.withResolvers<number>();
  let text = "";
  const connection = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_, bytes) {
        text += new TextDecoder("latin1").decode(bytes);
        const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
        if (status !== undefined) answered.resolve(Number(status));
      },
      close: () => answered.resolve(0),
      error: () => answered.resolve(0),
    },
  });
  const headers = {
    Host: `${hostname}:${port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    ...options.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.write(`GET ${options.path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const status = await answered.promise;
  connection.end();
  return status;
}
