import type { Device } from "./clients/device.ts";
import type { Draw } from "./draw.ts";
import type { Chat } from "./world.ts";
import { block } from "./operations/block.ts";
import { changes } from "./operations/changes.ts";
import { conflict } from "./operations/conflict.ts";
import { edit } from "./operations/edit.ts";
import { history } from "./operations/history.ts";
import { leave } from "./operations/leave.ts";
import { pin } from "./operations/pin.ts";
import { react } from "./operations/react.ts";
import { read } from "./operations/read.ts";
import { reply } from "./operations/reply.ts";
import { resend } from "./operations/resend.ts";
import { send } from "./operations/send.ts";
import { sendPhoto } from "./operations/send-photo.ts";
import { sync } from "./operations/sync.ts";
import { unblock } from "./operations/unblock.ts";
import { unsend } from "./operations/unsend.ts";

/** One kind of thing that a client does. A new one is a file and a line here. */
export interface Operation {
  name: string;
  /** How often, against the others. */
  weight: number;
  run(step: Step): Promise<void>;
}

export interface Step {
  device: Device;
  draw: Draw;
  /** One of the person's conversations. */
  chat: Chat;
  /** Where every text begins: nothing else says this word. */
  word: string;
  photos: readonly Uint8Array[];
}

export const operations: readonly Operation[] = [
  send,
  sendPhoto,
  resend,
  conflict,
  reply,
  edit,
  react,
  pin,
  unsend,
  block,
  unblock,
  leave,
  read,
  history,
  sync,
  changes,
];
