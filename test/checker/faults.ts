import type { Draw } from "./draw.ts";
import type { Cluster, Node } from "./nodes/cluster.ts";
import type { World } from "./world.ts";
import { backUp } from "./faults/back-up.ts";
import { clockJump } from "./faults/clock-jump.ts";
import { cutBroker } from "./faults/cut-broker.ts";
import { cutClients } from "./faults/cut-clients.ts";
import { cutDatabase } from "./faults/cut-database.ts";
import { fullDisk } from "./faults/full-disk.ts";
import { killDatabase } from "./faults/kill-database.ts";
import { killEverything } from "./faults/kill-everything.ts";
import { killServer } from "./faults/kill-server.ts";
import { killWorkers } from "./faults/kill-workers.ts";
import { muteServer } from "./faults/mute-server.ts";
import { pauseDatabase } from "./faults/pause-database.ts";
import { pauseServer } from "./faults/pause-server.ts";
import { powerCut } from "./faults/power-cut.ts";
import { restartBroker } from "./faults/restart-broker.ts";
import { restartDatabase } from "./faults/restart-database.ts";
import { restartServer } from "./faults/restart-server.ts";
import { slowClient } from "./faults/slow-client.ts";

/** Something that goes wrong for a while. `strike` comes back when it is healed, as far as hands are needed for that. */
export interface Fault {
  name: string;
  /** Why it cannot be had here; null when it can. */
  missing(cluster: Cluster): string | null;
  strike(scene: Scene): Promise<void>;
}

export interface Scene {
  cluster: Cluster;
  world: World;
  draw: Draw;
  /** One of the nodes. */
  node: Node;
  /** Sleeps, and no longer than the run lasts. */
  hold(ms: number): Promise<void>;
  say(words: string): void;
}

/** The one that leaves the most behind comes last. */
export const faults: readonly Fault[] = [
  killServer,
  killDatabase,
  killEverything,
  killWorkers,
  restartDatabase,
  restartServer,
  pauseServer,
  pauseDatabase,
  cutClients,
  muteServer,
  cutDatabase,
  cutBroker,
  restartBroker,
  clockJump,
  slowClient,
  backUp,
  fullDisk,
  powerCut,
];
