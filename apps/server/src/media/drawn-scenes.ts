import type { Random } from "./seeded-random.ts";

/** Scenes as SVG, drawn in any size. Softness comes from gradients: blur filters take seconds at 12 megapixels. */

interface Canvas {
  width: number;
  height: number;
  random: Random;
}

export type Scene = "dunes" | "sea" | "hills" | "flowers" | "city" | "abstract";

export const scenes: Record<Scene, (canvas: Canvas) => string> = { dunes, sea, hills, flowers, city, abstract };

function dunes({ width, height, random }: Canvas): string {
  const [sky, glow, light, dark] = choose(random, [
    ["#4a7fb5", "#f4d9b0", "#e8b06a", "#8a4b22"],
    ["#3b3a63", "#f2a27c", "#d98650", "#5e2c2a"],
    ["#7fb0c8", "#fbeede", "#efcf9c", "#a8703f"],
  ]);
  const sun = { x: width * between(random, 0.15, 0.85), y: height * between(random, 0.16, 0.34), r: width * 0.05 };
  const layers = count(5).map((layer) => {
    const top = height * (0.46 + layer * 0.115);
    const tone = mix(light, dark, layer / 5);
    const shade = gradient({ id: `d${layer}`, from: tone, to: mix(tone, dark, 0.65), angle: random() < 0.5 ? 0 : 1 });
    return `${shade}<path d="${ridge({ width, height, top, swing: height * 0.15, bumps: 2, random })}" fill="url(#d${layer})"/>`;
  });
  return page({ width, height }, [
    skyOf(sky, glow),
    glowAt({ ...sun, r: sun.r * 6, colour: "#fff3d6" }),
    disc({ ...sun, fill: "#fff8e7" }),
    ...layers,
  ]);
}

function sea({ width, height, random }: Canvas): string {
  const [sky, glow, near, deep] = choose(random, [
    ["#27406b", "#f7b58a", "#3f6d8c", "#0f2740"],
    ["#8cc0de", "#f3f1e4", "#4f9bb5", "#12526f"],
    ["#2b2346", "#e8738a", "#5a4f86", "#151230"],
  ]);
  const horizon = height * between(random, 0.45, 0.6);
  const sun = {
    x: width * between(random, 0.25, 0.75),
    y: horizon - height * between(random, 0.04, 0.18),
    r: width * 0.045,
  };
  const water = `${gradient({ id: "water", from: mix(near, glow, 0.35), to: deep })}<rect y="${horizon}" width="${width}" height="${height - horizon}" fill="url(#water)"/>`;
  const glints = count(170).map(() => {
    const depth = random() ** 1.6;
    const spread = width * (0.03 + depth * 0.42);
    const x = sun.x + (random() + random() - 1) * spread;
    const long = width * (0.012 + depth * 0.07) * (0.4 + random());
    return `<ellipse cx="${x}" cy="${horizon + depth * (height - horizon)}" rx="${long}" ry="${height * (0.0008 + depth * 0.0035)}" fill="${mix(glow, "#ffffff", 0.4)}" fill-opacity="${0.12 + random() * 0.38}"/>`;
  });
  return page({ width, height }, [
    skyOf(sky, glow),
    ...clouds({ width, height: horizon, random, colour: glow }),
    glowAt({ ...sun, r: sun.r * 7, colour: glow }),
    disc({ ...sun, fill: "#fff4df" }),
    water,
    ...glints,
  ]);
}

function hills({ width, height, random }: Canvas): string {
  const [sky, mist, far, near] = choose(random, [
    ["#a9bccb", "#f1ece2", "#8fa6b0", "#1f3a3a"],
    ["#d9a78f", "#f9e6d2", "#a98897", "#2b2a44"],
    ["#7e93b8", "#dfe4ee", "#7c90ab", "#16243b"],
  ]);
  const layers = count(7).flatMap((layer) => {
    const top = height * (0.3 + layer * 0.095);
    const tone = mix(far, near, layer / 6);
    const fill = gradient({ id: `h${layer}`, from: tone, to: mix(tone, mist, 0.75) });
    return [
      fill,
      `<path d="${ridge({ width, height, top, swing: height * (0.1 - layer * 0.006), bumps: 4 + layer, random })}" fill="url(#h${layer})"/>`,
    ];
  });
  const birds = count(5).map(() => {
    const [x, y, wing] = [
      width * between(random, 0.2, 0.8),
      height * between(random, 0.1, 0.28),
      width * between(random, 0.006, 0.013),
    ];
    return `<path d="M${x - wing} ${y}q${wing / 2} ${-wing * 0.7} ${wing} 0q${wing / 2} ${-wing * 0.7} ${wing} 0" fill="none" stroke="${near}" stroke-width="${width * 0.0014}" stroke-opacity=".7"/>`;
  });
  return page({ width, height }, [skyOf(sky, mist), ...birds, ...layers]);
}

function flowers({ width, height, random }: Canvas): string {
  const [ground, air, ...petals] = choose(random, [
    ["#22452f", "#9fc08a", "#e85d75", "#f6b1c3", "#fbe3e8"],
    ["#2d3b22", "#d8d29a", "#f2b134", "#fbe08d", "#f7f1d5"],
    ["#1d2f4a", "#8fb1cf", "#7d6bd6", "#b9aef0", "#eae6ff"],
  ]);
  const soft = count(34).map((at) =>
    glowAt({
      id: `b${at}`,
      x: width * random(),
      y: height * random(),
      r: width * between(random, 0.04, 0.16),
      colour: choose(random, [air, ...petals]),
      strength: 0.5,
    }),
  );
  const blossoms = count(13).map((at) => {
    const [x, y, r] = [
      width * between(random, 0.06, 0.94),
      height * (0.2 + 0.6 * random()),
      Math.min(width, height) * (0.05 + 0.006 * at),
    ];
    const lean = (random() - 0.5) * width * 0.1;
    const stem = `<path d="M${x} ${y}Q${x + lean} ${y + height * 0.3} ${x + lean} ${height * 1.1}" stroke="${mix(ground, air, 0.35)}" stroke-width="${r * 0.1}" fill="none"/>`;
    return stem + blossom({ x, y, r, petal: choose(random, petals), random });
  });
  return page({ width, height }, [skyOf(air, ground), ...soft, ...blossoms]);
}

function city({ width, height, random }: Canvas): string {
  const [sky, glow, block] = choose(random, [
    ["#0b1026", "#5b3a6e", "#070a17"],
    ["#07131f", "#1f5266", "#050b12"],
    ["#1a0f24", "#b0522f", "#0c0712"],
  ]);
  const lamps = ["#ffd27a", "#ff9d5c", "#fff1c9", "#8fd3ff", "#ff6f91"];
  const towers = count(26).map((at) => {
    const [x, wide, tall] = [
      (at / 25 - 0.03) * width,
      width * between(random, 0.035, 0.08),
      height * (0.14 + random() ** 2 * 0.42),
    ];
    const windows = count(26).map(() => {
      const [column, row] = [Math.floor(random() * 6), Math.floor(random() * 22)];
      return `<rect x="${x + wide * (0.1 + column * 0.145)}" y="${height * 0.86 - tall + tall * (0.04 + row * 0.042)}" width="${wide * 0.07}" height="${tall * 0.018}" fill="${choose(random, lamps)}" fill-opacity="${0.35 + random() * 0.65}"/>`;
    });
    return `<rect x="${x}" y="${height * 0.86 - tall}" width="${wide}" height="${tall + height * 0.14}" fill="${mix(block, glow, random() * 0.16)}"/>${windows.join("")}`;
  });
  const bokeh = count(46).map(() =>
    disc({
      x: width * random(),
      y: height * between(random, 0.8, 1.02),
      r: width * between(random, 0.008, 0.035),
      fill: choose(random, lamps),
      opacity: 0.14 + random() * 0.3,
    }),
  );
  const stars = count(60).map(() =>
    disc({
      x: width * random(),
      y: height * random() * 0.4,
      r: width * 0.0009,
      fill: "#ffffff",
      opacity: random() * 0.8,
    }),
  );
  return page({ width, height }, [skyOf(sky, glow), ...stars, ...towers, ...bokeh]);
}

function abstract({ width, height, random }: Canvas): string {
  const palette = choose(random, [
    ["#f3ede2", "#d9603b", "#1f4e5f", "#e9b44c", "#2b2d42"],
    ["#101820", "#f2aa4c", "#5b8e7d", "#d1495b", "#edf2ef"],
    ["#ece4db", "#9a8c98", "#4a4e69", "#c9ada7", "#22223b"],
  ]);
  const [ground = "#f3ede2", ...inks] = palette;
  const most = Math.max(width, height);
  const shapes = count(11).map((at) => {
    const [x, y, r] = [width * random(), height * random(), most * between(random, 0.08, 0.32)];
    const ink = choose(random, inks);
    const fill = gradient({ id: `a${at}`, from: ink, to: mix(ink, ground, 0.45), angle: 1 });
    const turn = `transform="rotate(${random() * 360} ${x} ${y})"`;
    const half = `<path d="M${x - r} ${y}a${r} ${r} 0 0 1 ${2 * r} 0z" fill="url(#a${at})" fill-opacity=".92" ${turn}/>`;
    const bar = `<rect x="${x - r}" y="${y}" width="${2 * r}" height="${r * 0.24}" rx="${r * 0.12}" fill="url(#a${at})" fill-opacity=".92" ${turn}/>`;
    const full = `<circle cx="${x}" cy="${y}" r="${r * 0.7}" fill="url(#a${at})" fill-opacity=".92"/>`;
    return fill + choose(random, [half, full, bar]);
  });
  return page({ width, height }, [`<rect width="100%" height="100%" fill="${ground}"/>`, ...shapes]);
}

function blossom(options: { x: number; y: number; r: number; petal: string; random: Random }): string {
  const { x, y, r, petal, random } = options;
  const start = random() * 60;
  const petals = count(9).map((at) => {
    const tone = mix(petal, at % 2 === 0 ? "#ffffff" : "#20102a", 0.14);
    return `<ellipse cx="${x}" cy="${y - r * 0.58}" rx="${r * 0.25}" ry="${r * 0.52}" fill="${tone}" fill-opacity=".93" transform="rotate(${start + at * 40} ${x} ${y})"/>`;
  });
  return petals.join("") + disc({ x, y, r: r * 0.24, fill: "#f0b43c" }) + disc({ x, y, r: r * 0.13, fill: "#a8651f" });
}

function clouds(options: Canvas & { colour: string }): string[] {
  const { width, height, random, colour } = options;
  return count(14).map(() => {
    const y = height * between(random, 0.1, 0.85);
    return `<ellipse cx="${width * random()}" cy="${y}" rx="${width * between(random, 0.08, 0.3)}" ry="${height * between(random, 0.006, 0.02)}" fill="${mix(colour, "#ffffff", 0.35)}" fill-opacity="${0.1 + random() * 0.22}"/>`;
  });
}

function ridge(options: {
  width: number;
  height: number;
  top: number;
  swing: number;
  bumps: number;
  random: Random;
}): string {
  const { width, height, top, swing, bumps, random } = options;
  const step = width / bumps;
  let path = `M${-step} ${top + (random() - 0.5) * swing}`;
  for (let at = 0; at <= bumps; at += 1) {
    const y = top + (random() - 0.5) * 2 * swing;
    path += `S${at * step + step * 0.45} ${y} ${at * step + step} ${y + (random() - 0.5) * swing * 0.5}`;
  }
  return `${path}V${height}H${-step}z`;
}

function skyOf(top: string, bottom: string): string {
  return `${gradient({ id: "sky", from: top, to: bottom })}<rect width="100%" height="100%" fill="url(#sky)"/>`;
}

function gradient(options: { id: string; from: string; to: string; angle?: number }): string {
  const { id, from, to, angle = 0 } = options;
  return `<linearGradient id="${id}" x1="0" y1="0" x2="${angle}" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;
}

function glowAt(options: { id?: string; x: number; y: number; r: number; colour: string; strength?: number }): string {
  const { id = "glow", x, y, r, colour, strength = 0.75 } = options;
  return `<radialGradient id="${id}"><stop offset="0" stop-color="${colour}" stop-opacity="${strength}"/><stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient><circle cx="${x}" cy="${y}" r="${r}" fill="url(#${id})"/>`;
}

function disc(options: { x: number; y: number; r: number; fill: string; opacity?: number }): string {
  return `<circle cx="${options.x}" cy="${options.y}" r="${options.r}" fill="${options.fill}" fill-opacity="${options.opacity ?? 1}"/>`;
}

function page(size: { width: number; height: number }, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">${parts.join("")}</svg>`;
}

function mix(from: string, to: string, share: number): string {
  const channel = (at: number): string => {
    const [one, other] = [Number.parseInt(from.slice(at, at + 2), 16), Number.parseInt(to.slice(at, at + 2), 16)];
    return Math.round(one + (other - one) * share)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

function choose<const T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error("nothing to choose from");
  return chosen;
}

function between(random: Random, least: number, most: number): number {
  return least + random() * (most - least);
}

function count(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}
