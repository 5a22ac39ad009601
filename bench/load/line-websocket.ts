import { messageText, type Line, type LineEvents } from "./line.ts";

/** Our own protocol: JSON over a WebSocket. Resolves when the server has let the client in. */
export async function openWebSocketLine(
  place: { url: string; ticket: string; conversationId: string },
  events: LineEvents,
): Promise<Line> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(`${place.url}/v1/socket?ticket=${place.ticket}&version=1`);
  socket.onerror = () => reject(new Error("a socket failed"));
  socket.onmessage = () => {
    // The hello. Everything after it is a frame of the load.
    socket.onmessage = (event) => receive(String(event.data), events);
    resolve();
  };
  await promise;
  return {
    send: (number) =>
      socket.send(
        `{"id":${number},"command":"messages.send","input":{"conversationId":"${place.conversationId}","clientId":"m${number}","text":"${messageText(number)}"}}`,
      ),
    close: () => socket.close(),
  };
}

function receive(text: string, events: LineEvents): void {
  if (text.startsWith('{"event":"message","message"')) {
    const at = text.indexOf('"text":"m') + 9;
    return events.delivered(Number(text.slice(at, text.indexOf(" ", at))));
  }
  if (!text.startsWith('{"id":')) return;
  const comma = text.indexOf(",");
  const number = Number(text.slice(6, comma));
  if (text.startsWith('"ok"', comma + 1)) events.acknowledged(number);
  else events.refused(number);
}
