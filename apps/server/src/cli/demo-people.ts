import type { Settings } from "@sotto/protocol/types.ts";
import type { Scene } from "../media/drawn-scenes.ts";

/** The made-up community: a photo club. Everybody's password is the same, and is printed. */
export interface DemoPerson {
  username: string;
  name: string;
  bio: string;
  links?: string[];
  picture: { scene: Scene; seed: number };
  whoMayMessage: Settings["whoMayMessage"];
  /** Changed once the conversations stand. */
  afterwards?: Partial<Pick<Settings, "whoMayMessage" | "keepAcceptedOpen">>;
}

export const demoPassword = "northlight-photo-club";

export const demoPeople: readonly DemoPerson[] = [
  {
    username: "ines",
    name: "Inês Duarte",
    bio: "Harbours before six in the morning. Phone first, the heavy camera when I am sure.",
    links: ["https://example.org/ines"],
    picture: { scene: "sea", seed: 11 },
    whoMayMessage: "everyone",
  },
  {
    username: "tom",
    name: "Tom Arden",
    bio: "Keeper of the club's darkroom. If the red lamp is on, knock.",
    picture: { scene: "hills", seed: 12 },
    whoMayMessage: "friends",
  },
  {
    username: "amara",
    name: "Amara Okafor",
    bio: "Street and strangers, always with a question first.",
    links: ["https://example.org/amara", "https://example.com/prints"],
    picture: { scene: "city", seed: 13 },
    whoMayMessage: "everyone",
  },
  {
    username: "jun",
    name: "Jun Takeda",
    bio: "Night walks, wet pavements, a 35 and nothing else.",
    picture: { scene: "city", seed: 24 },
    whoMayMessage: "friends",
  },
  {
    username: "marek",
    name: "Marek Nowak",
    bio: "Long exposures. Away in the mountains until the moon is full again; write to me then.",
    picture: { scene: "hills", seed: 35 },
    whoMayMessage: "friends",
    afterwards: { whoMayMessage: "no_one" },
  },
  {
    username: "leila",
    name: "Leila Haddad",
    bio: "I photograph food and then it is cold.",
    picture: { scene: "abstract", seed: 16 },
    whoMayMessage: "friends",
  },
  {
    username: "sofia.l",
    name: "Sofia Lindqvist",
    bio: "Landscapes with nobody in them. Slow to answer, quick to go outside.",
    picture: { scene: "dunes", seed: 17 },
    whoMayMessage: "friends",
  },
  {
    username: "priya",
    name: "Priya Raman",
    bio: "Macro. My garden is two square metres and I have not seen all of it.",
    picture: { scene: "flowers", seed: 18 },
    whoMayMessage: "friends",
  },
  {
    username: "diego",
    name: "Diego Fuentes",
    bio: "Drives far for a cloud.",
    picture: { scene: "dunes", seed: 29 },
    whoMayMessage: "everyone",
  },
  {
    username: "hana",
    name: "Hana Kim",
    bio: "Colour studies, double exposures, happy accidents.",
    picture: { scene: "abstract", seed: 40 },
    whoMayMessage: "friends",
  },
  {
    username: "oskar",
    name: "Oskar Brandt",
    bio: "Secretary of the Northlight Photo Club. Walks on the first Sunday, prints on the third Thursday.",
    links: ["https://example.org/northlight"],
    picture: { scene: "hills", seed: 21 },
    whoMayMessage: "everyone",
  },
  {
    username: "noor",
    name: "Noor El-Amin",
    bio: "New in town, new camera, many questions.",
    picture: { scene: "flowers", seed: 22 },
    whoMayMessage: "everyone",
  },
];

/** Each follows the other (C3). */
export const demoFriends: readonly (readonly [string, string])[] = [
  ["ines", "tom"],
  ["ines", "priya"],
  ["ines", "oskar"],
  ["ines", "amara"],
  ["ines", "jun"],
  ["ines", "hana"],
  ["ines", "diego"],
  ["tom", "oskar"],
  ["tom", "marek"],
  ["diego", "sofia.l"],
  ["jun", "leila"],
  ["priya", "hana"],
  ["amara", "sofia.l"],
  ["marek", "oskar"],
];

/** The first follows the second, who does not follow back. */
export const demoFollows: readonly (readonly [string, string])[] = [
  ["noor", "ines"],
  ["noor", "oskar"],
  ["noor", "amara"],
  ["leila", "ines"],
  ["sofia.l", "ines"],
  ["ines", "marek"],
  ["hana", "amara"],
  ["jun", "amara"],
  ["priya", "sofia.l"],
  ["diego", "marek"],
];
