import { createSotto } from "@sotto/sdk/client.ts";

/** Signs in, sends somebody a photo, and waits until the server has it. Runs in a browser, in Node (22 or newer) and in Bun. */
export async function sendFirstPhoto(options: {
  url: string;
  username: string;
  password: string;
  to: string;
  photo: Blob;
}) {
  const { url, username, password, photo } = options;
  const door = createSotto({ url, credential: { kind: "none" } });
  const { token = "" } = await door.call("auth.signIn", { username, password });

  const sotto = createSotto({ url, credential: { kind: "bearer", token } });
  sotto.start();
  try {
    const receiver = await sotto.call("people.getByUsername", { username: options.to });
    const conversation = sotto.withPerson(receiver.id);
    await conversation.open();
    const { maySend } = conversation.state.get();
    if (maySend && !maySend.allowed) throw new Error(maySend.detail);

    // Returns at once. From here on the outbox sees to it: upload, send, and again after every interruption.
    const clientId = conversation.send({ text: "The harbour, at last", files: [photo] });
    return await new Promise<number>((resolve, reject) => {
      const look = () => {
        const { messages, outgoing } = conversation.state.get();
        const sent = messages.find((message) => message.clientId === clientId);
        if (sent) resolve(sent.seq);
        const failed = outgoing.find((one) => one.clientId === clientId && one.state === "failed");
        if (failed) reject(new Error(failed.problem?.detail));
      };
      conversation.state.subscribe(look);
      look();
    });
  } finally {
    sotto.stop();
  }
}
