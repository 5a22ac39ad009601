import { connect, type Socket } from "node:net";
import type { Fault } from "../faults.ts";
import { callHttp } from "../clients/over-http.ts";

const readers = 4;

/** Clients that ask for pages without end and read nothing of them: the server has to get rid of them (T29). */
export const slowClient: Fault = {
  name: "slowClient",
  missing: () => null,
  async strike({ node, world, draw, hold }) {
    const sockets: Socket[] = [];
    for (let n = 0; n < readers; n += 1) {
      const chat = draw.pick(world.chats);
      const person = world.people.find((one) => one.id === chat?.memberIds[0]);
      if (!chat || !person) continue;
      const answer = await callHttp(node.line.url, person.token, "socketTickets.create", {});
      if (answer.is !== "ok") continue;
      sockets.push(mute(node.line.url, (answer.output as { ticket: string }).ticket, chat.id));
    }
    await hold(2_000 + draw.below(2_000));
    for (const socket of sockets) socket.destroy();
  },
};

function mute(url: string, ticket: string, conversationId: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(
    `GET /v1/socket?ticket=${encodeURIComponent(ticket)}&version=1 HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\n` +
      `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${btoa("sixteen bytes ok")}\r\n\r\n`,
  );
  // A moment for the handshake; what is said before it is over would be no frame.
  setTimeout(() => {
    for (let id = 1; id <= 60; id += 1)
      socket.write(frame(JSON.stringify({ id, command: "messages.list", input: { conversationId, limit: 200 } })));
  }, 300);
  return socket;
}

/** A text frame of a client (RFC 6455, 5.2), masked with zeros. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0xfe, ...length]);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}
