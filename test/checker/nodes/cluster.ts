import type { Database } from "../../../apps/server/src/db/connect.ts";
import type { CutLine } from "../../../apps/server/test/cut-line.ts";
import type { Backups } from "../restore/backups.ts";
import type { TakenBack } from "../power/take-back.ts";

/** What is under test, with the handles that faults pull. */
export interface Cluster extends AsyncDisposable {
  nodes: readonly Node[];
  database: DatabaseProcess;
  /** Undefined where there is none. */
  broker?: BrokerProcess;
  /** A pool of the checker's own; it survives nothing, so it is opened for each use. */
  open(): Database;
  blobsDir: string;
  /** What the servers wrote. */
  logFiles: readonly string[];
  /** The folder of all data, where it lies on a small file system of its own: for the full disk. */
  smallDisk?: string;
  backups?: Backups;
  /** Once everything was killed: what the database wrote and did not sync is gone from its files. */
  losePower?: () => TakenBack;
}

export interface Node {
  name: string;
  /** Between the clients and this node. */
  line: CutLine;
  /** Past the line. */
  directUrl: string;
  /** Between this node and the database, and the broker; undefined where it is not a network. */
  databaseLine?: CutLine;
  brokerLine?: CutLine;
  /** 0 while it is down. */
  pid(): number;
  /** Resolves when the process is gone. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Resolves when it answers `/readyz`; does nothing when it runs. */
  start(): Promise<void>;
  ready(): Promise<void>;
  /** How often it ended although nobody ended it. */
  crashes(): number;
  setClock(offsetMs: number): void;
}

export interface DatabaseProcess {
  postmasterPid(): number;
  /** Makes sure that it runs and answers. */
  ensure(): Promise<void>;
}

export interface BrokerProcess {
  restart(): Promise<void>;
}
