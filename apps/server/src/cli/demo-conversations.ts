import type { Scene } from "../media/drawn-scenes.ts";

/** What the community wrote to each other, conversation by conversation, in order. */
export interface DemoConversation {
  between: readonly [string, string];
  lines: readonly DemoLine[];
}

export type DemoLine =
  | { by: string; text: string; photo?: DemoPhoto; unsent?: true }
  /** Read up to here. */
  | { read: string };

export interface DemoPhoto {
  scene: Scene;
  seed: number;
  shape?: keyof typeof shapes;
}

export const shapes = {
  landscape: { width: 1600, height: 1200 },
  portrait: { width: 1200, height: 1600 },
  square: { width: 1400, height: 1400 },
  wide: { width: 2000, height: 900 },
} as const;

export const demoConversations: readonly DemoConversation[] = [
  {
    between: ["leila", "jun"],
    lines: [
      {
        by: "leila",
        text: "You were right about the window light. Lunch was cold, the picture is not.",
        photo: { scene: "abstract", seed: 101, shape: "square" },
      },
      { by: "jun", text: "That blue under the orange! Was it the plate?" },
      { by: "leila", text: "The tablecloth. I moved everything else away." },
      {
        by: "jun",
        text: "Here is mine from last night, no food in it.",
        photo: { scene: "city", seed: 102, shape: "portrait" },
      },
      { read: "leila" },
    ],
  },
  {
    between: ["diego", "sofia.l"],
    lines: [
      { by: "diego", text: "Four hours of driving for this one.", photo: { scene: "dunes", seed: 103, shape: "wide" } },
      { by: "sofia.l", text: "And nobody in it. I am jealous in a quiet way." },
      { by: "diego", text: "There was a man with a kite. I waited." },
      {
        by: "sofia.l",
        text: "Mine from the same week, other end of the country.",
        photo: { scene: "hills", seed: 104 },
      },
      { by: "diego", text: "Is that fog or did you breathe on the lens?" },
      { by: "sofia.l", text: "Fog. At five. I breathed on my hands." },
      { read: "diego" },
    ],
  },
  {
    between: ["marek", "oskar"],
    lines: [
      { by: "marek", text: "I am off until the full moon. The tripod head in locker 4 is yours to lend out." },
      { by: "oskar", text: "Thank you. Bring back something for the wall." },
      {
        by: "marek",
        text: "Like this one? From the hut, yesterday.",
        photo: { scene: "hills", seed: 105, shape: "wide" },
      },
      { by: "oskar", text: "Exactly like this one." },
      { read: "marek" },
    ],
  },
  {
    between: ["tom", "oskar"],
    lines: [
      { by: "oskar", text: "Two people asked for keys to the darkroom. Shall I say yes?" },
      { by: "tom", text: "Yes, after they have watched me clean it once." },
      { by: "oskar", text: "Fair." },
      { read: "tom" },
    ],
  },
  {
    between: ["priya", "hana"],
    lines: [
      {
        by: "priya",
        text: "Would you print this large, or does it fall apart?",
        photo: { scene: "flowers", seed: 106, shape: "square" },
      },
      { by: "hana", text: "Large. The soft part is what makes it. Maybe a little less yellow." },
      { by: "priya", text: "It is the garden that is too yellow, but I will see." },
      { read: "hana" },
    ],
  },
  {
    between: ["amara", "sofia.l"],
    lines: [
      { by: "amara", text: "Do you ever photograph people?" },
      { by: "sofia.l", text: "Once. He was standing behind a hill." },
      { by: "amara", text: "I am putting that on the club's wall." },
      { read: "sofia.l" },
    ],
  },
  {
    between: ["ines", "hana"],
    lines: [
      {
        by: "hana",
        text: "Found this between two frames that I had thrown away.",
        photo: { scene: "abstract", seed: 107 },
      },
      { by: "ines", text: "Keep it! What is it?" },
      { by: "hana", text: "A bus and my curtain, I think." },
      { by: "ines", text: "The best bus of the year." },
      { read: "hana" },
      { read: "ines" },
    ],
  },
  {
    between: ["ines", "diego"],
    lines: [
      { by: "diego", text: "Are you coming to the coast in spring? There is a dune that moves." },
      { by: "ines", text: "Dunes all move, no?" },
      { by: "diego", text: "This one has opinions.", photo: { scene: "dunes", seed: 108 } },
      { by: "ines", text: "All right. April, after the print evening." },
      { read: "diego" },
      { read: "ines" },
    ],
  },
  {
    between: ["ines", "amara"],
    lines: [
      {
        by: "amara",
        text: "Which of the two for the zine? First one:",
        photo: { scene: "city", seed: 109, shape: "portrait" },
      },
      { by: "amara", text: "And the second:", photo: { scene: "city", seed: 110, shape: "portrait" } },
      { by: "ines", text: "The second. The windows on the left do something." },
      { by: "amara", text: "I hoped you would say the first.", unsent: true },
      { by: "amara", text: "Second it is. Thank you for being quick." },
      { read: "ines" },
    ],
  },
  {
    between: ["ines", "jun"],
    lines: [
      { by: "jun", text: "Rain since ten. Perfect.", photo: { scene: "city", seed: 111, shape: "wide" } },
      { by: "ines", text: "How do you keep the lens dry?" },
      { by: "jun", text: "I do not. I keep the drops and call it a style." },
      { by: "ines", text: "Sending you one of mine, dry as bread.", photo: { scene: "sea", seed: 112 } },
      { by: "jun", text: "That is a very calm sea for somebody who drinks that much coffee." },
      { read: "ines" },
    ],
  },
  {
    between: ["ines", "priya"],
    lines: [
      {
        by: "ines",
        text: "For your collection: the weeds behind the fish market.",
        photo: { scene: "flowers", seed: 113 },
      },
      { by: "priya", text: "Those are not weeds, that is sea lavender!" },
      {
        by: "priya",
        text: "Here is its respectable cousin, this morning, with dew.",
        photo: { scene: "flowers", seed: 114, shape: "portrait" },
      },
      { by: "ines", text: "I will never call anything a weed again." },
      { read: "priya" },
      { read: "ines" },
      { by: "priya", text: "One more, I could not choose.", photo: { scene: "flowers", seed: 115, shape: "square" } },
      { by: "priya", text: "Tell me honestly which one." },
    ],
  },
  {
    between: ["ines", "oskar"],
    lines: [
      {
        by: "oskar",
        text: "Sunday's walk: meeting at the lighthouse, 6:40, sun at 7:12. Would you lead the second half?",
      },
      { by: "ines", text: "Gladly. I would go along the wall and come back over the hill." },
      {
        by: "oskar",
        text: "I went today to look at the light there.",
        photo: { scene: "hills", seed: 116, shape: "wide" },
      },
      { by: "ines", text: "Then the hill first, and the harbour when it is gold." },
      { read: "ines" },
      { by: "oskar", text: "Good. Nine people so far, and Noor, who is new. Be kind, she brings a manual." },
    ],
  },
  {
    between: ["ines", "tom"],
    lines: [
      {
        by: "ines",
        text: "The harbour, at last. Twenty minutes of this and then plain grey.",
        photo: { scene: "sea", seed: 117 },
      },
      { by: "tom", text: "Look at that line on the water. Do you have the one before it?" },
      { by: "ines", text: "Half a minute earlier:", photo: { scene: "sea", seed: 118 } },
      { by: "ines", text: "And the wide one, for the wall.", photo: { scene: "sea", seed: 119, shape: "wide" } },
      { by: "tom", text: "The wide one. I would print it at sixty, on the matte paper." },
      { by: "ines", text: "Can the enlarger do that, or do we have to ask it nicely?" },
      {
        by: "tom",
        text: "Nicely, and on Thursday. I tried the paper with an old one of mine:",
        photo: { scene: "hills", seed: 120, shape: "portrait" },
      },
      { by: "ines", text: "That is lovely. Thursday then, I bring cake." },
      { read: "tom" },
      { read: "ines" },
      { by: "tom", text: "Cake stays outside. But bring it." },
      {
        by: "tom",
        text: "Test strip, so that you can look forward to it.",
        photo: { scene: "sea", seed: 121, shape: "square" },
      },
    ],
  },
];

/** A stranger's first contact: text only, apart until it is accepted (R3). */
export const demoRequests = [
  {
    from: "noor",
    to: "ines",
    text: "Hello Inês! Oskar says you lead the second half on Sunday. I have a new camera and only know its automatic mode. May I walk next to you?",
  },
] as const;
