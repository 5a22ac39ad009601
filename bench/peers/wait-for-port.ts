/** Until the server accepts connections there. Throws when it ends before, or takes more than a minute. */
export async function waitForPort(port: number, child: Bun.Subprocess): Promise<void> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 100) {
    if (child.exitCode !== null) throw new Error(`the server ended before it was ready (code ${child.exitCode})`);
    if (await accepts(port)) return;
    await Bun.sleep(100);
  }
  throw new Error(`nothing listens on port ${port} after a minute`);
}

async function accepts(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
