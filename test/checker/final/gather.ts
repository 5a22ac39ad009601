import type { Final, DeviceFinal } from "../final.ts";
import type { History } from "../history.ts";
import type { Cluster } from "../nodes/cluster.ts";
import { untilQuiet } from "../heal.ts";
import type { World } from "../world.ts";
import { dumpRows, listBlobs } from "./dump.ts";
import { readEverything, readPhotos } from "./read.ts";
import { sweepAfterADay } from "./sweep.ts";
import { findWords } from "./words.ts";

/** After the load, with everything healed: devices catch up, people read everything, the sweep runs, and rows and files are read. */
export async function gatherFinal(options: {
  cluster: Cluster;
  world: World;
  history: History;
  /** Names of files that belong to earlier rounds. */
  earlierBlobs: ReadonlySet<string>;
  say: (words: string) => void;
}): Promise<Final> {
  const { cluster, world, history, earlierBlobs, say } = options;
  const url = cluster.nodes[0]?.directUrl ?? "";
  say("waiting until nothing moves");
  const seen = await readAsPeople({ cluster, world, history, url, say });
  say("a day later: the sweep");
  await sweepAfterADay(cluster);
  await using database = cluster.open();
  const rows = await dumpRows(database.sql, world);
  const words = await findWords(database.sql, cluster.logFiles);
  const blobs = listBlobs(cluster.blobsDir);
  return { ...seen, rows, words, blobs: blobs.filter((file) => !earlierBlobs.has(file.key)) };
}

async function readAsPeople(options: {
  cluster: Cluster;
  world: World;
  history: History;
  url: string;
  say: (words: string) => void;
}): Promise<Pick<Final, "behind" | "devices" | "shown" | "photos">> {
  const { cluster, world, history, url, say } = options;
  await using database = cluster.open();
  const behind = await untilQuiet(database, world);
  const devices = await finishDevices(world, await dumpRows(database.sql, world));
  for (const device of world.devices) device.stop();
  say("reading everything");
  const rows = await dumpRows(database.sql, world);
  const shown = await readEverything(url, world, history);
  const photos = await readPhotos({ url, world, rows, everSent: photosEverSent(history) });
  return { behind, devices, shown, photos };
}

async function finishDevices(world: World, rows: Final["rows"]): Promise<DeviceFinal[]> {
  const left = new Set(rows.members.flatMap((row) => (row.left ? [`${row.personId} ${row.conversationId}`] : [])));
  return await Promise.all(
    world.devices.map(async (device) => {
      const personId = device.person.id;
      const own = rows.inbox.filter(
        (row) => row.personId === personId && !left.has(`${personId} ${row.conversationId}`),
      );
      await device.catchUp(new Map(own.map((row) => [row.conversationId, row.change])));
      const { name, isSdk } = device;
      return { device: name, personId, isSdk, summaries: new Map(device.finalSummaries()), views: device.finalViews() };
    }),
  );
}

/** Every photo that any message was ever shown with. */
function photosEverSent({ calls, heard }: History): { mediaId: string; conversationId: string }[] {
  const found = new Map<string, string>();
  for (const { event } of heard)
    if (event.event === "message")
      for (const { id } of event.message.media) found.set(id, event.message.conversationId);
  for (const { command, input, outcome } of calls) {
    const ids = command === "messages.send" && outcome.is === "ok" ? input["mediaIds"] : undefined;
    if (Array.isArray(ids)) for (const id of ids) found.set(String(id), String(input["conversationId"]));
  }
  return [...found].map(([mediaId, conversationId]) => ({ mediaId, conversationId }));
}
