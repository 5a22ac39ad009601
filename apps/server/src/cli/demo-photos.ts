import { slots } from "@sotto/sdk/slots.ts";
import { drawPhoto } from "../media/drawn-photo.ts";
import { demoConversations, shapes, type DemoPhoto } from "./demo-conversations.ts";
import { member, type Member, type Members } from "./demo-members.ts";
import { demoPeople, type DemoPerson } from "./demo-people.ts";

const profileEdge = 640;
/** Drawing, uploading and the server's own work share the machine. */
const atOnce = 3;

/** Draws the community's photos, each with camera data and a place in it, and uploads them as their owners. */
export class DemoPhotos {
  private readonly slot = slots(atOnce);
  private readonly onProgress: (done: number, all: number) => void;
  private done = 0;

  constructor(onProgress: (done: number, all: number) => void) {
    this.onProgress = onProgress;
  }

  upload(photo: DemoPhoto, owner: Member): Promise<string> {
    const name = `${photo.scene}-${photo.seed}.jpg`;
    return this.slot(() => this.bring({ ...photo, ...shapes[photo.shape ?? "landscape"], name }, owner));
  }

  async setProfile({ username, bio, links, picture }: DemoPerson, members: Members): Promise<void> {
    const owner = member(members, username);
    const drawn = { ...picture, width: profileEdge, height: profileEdge, name: "me.jpg" };
    const pictureMediaId = await this.slot(() => this.bring(drawn, owner));
    await owner.sotto.call("me.update", { bio, links: links ?? [], pictureMediaId });
  }

  private async bring(options: Drawn, owner: Member): Promise<string> {
    const { name, scene, seed, width, height } = options;
    const bytes = await drawPhoto({ scene, seed, width, height, exif: true });
    const mediaId = await owner.sotto.upload(new File([bytes.slice()], name, { type: "image/jpeg" }));
    this.onProgress(++this.done, photosInAll);
    return mediaId;
  }
}

type Drawn = Pick<DemoPhoto, "scene" | "seed"> & { width: number; height: number; name: string };

const linesWithPhoto = demoConversations.flatMap(({ lines }) => lines.filter((line) => "photo" in line));
const photosInAll = demoPeople.length + linesWithPhoto.length;
