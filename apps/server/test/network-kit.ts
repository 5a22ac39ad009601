/**
 * Hosts in network namespaces, each with two cables: one to where clients and the database are, one to where the broker is.
 * Pulling the second one is a real partition: packets vanish, connections stay open. Linux, as root.
 */
export interface Network {
  /** Of this process, towards the hosts. */
  address: string;
  addHost(): Host;
  stop(): void;
}

export interface Host {
  /** On the clients' side, and on the broker's. */
  address: string;
  brokerSide: string;
  /** In front of a command that runs there. */
  run: readonly string[];
  pullBrokerCable(): void;
  plugBrokerCable(): void;
}

/** Null where namespaces can be made; otherwise why not. */
export function noNamespaces(): string | null {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  const name = `sotto-probe-${process.pid}`;
  const made = ip(["netns", "add", name]);
  if (made !== null) return `network namespaces cannot be made here: ${made}`;
  ip(["netns", "del", name]);
  return null;
}

let made = 0;

export function startNetwork(): Network {
  made += 1;
  const id = `${process.pid % 100_000}${String.fromCodePoint(96 + made)}`;
  const subnet = `10.${200 + (process.pid % 50)}`;
  const bridges = [`sc${id}`, `sb${id}`] as const;
  const namespaces: string[] = [];
  bridges.forEach((bridge, side) => {
    must(["link", "add", bridge, "type", "bridge"]);
    must(["addr", "add", `${subnet}.${made * 2 + side}.1/24`, "dev", bridge]);
    must(["link", "set", bridge, "up"]);
  });
  const addHost = (): Host => {
    const number = namespaces.length + 1;
    const namespace = `sotto-${id}-${number}`;
    must(["netns", "add", namespace]);
    namespaces.push(namespace);
    must(["-n", namespace, "link", "set", "lo", "up"]);
    const cables = bridges.map((bridge, side) => {
      const [cable, address] = [`${bridge}${number}`, `${subnet}.${made * 2 + side}.${10 + number}`];
      must(["link", "add", cable, "type", "veth", "peer", "name", `eth${side}`, "netns", namespace]);
      must(["link", "set", cable, "master", bridge, "up"]);
      must(["-n", namespace, "addr", "add", `${address}/24`, "dev", `eth${side}`]);
      must(["-n", namespace, "link", "set", `eth${side}`, "up"]);
      return { cable, address };
    });
    const [clients, broker] = cables as [(typeof cables)[0], (typeof cables)[0]];
    return {
      address: clients.address,
      brokerSide: broker.address,
      run: ["ip", "netns", "exec", namespace],
      pullBrokerCable: () => must(["link", "set", broker.cable, "down"]),
      plugBrokerCable: () => must(["link", "set", broker.cable, "up"]),
    };
  };
  return {
    address: `${subnet}.${made * 2}.1`,
    addHost,
    stop() {
      for (const namespace of namespaces) ip(["netns", "del", namespace]);
      for (const bridge of bridges) ip(["link", "del", bridge]);
    },
  };
}

/** Null, or what went wrong. */
function ip(words: readonly string[]): string | null {
  if (Bun.which("ip") === null) return "there is no program ip";
  const { exitCode, stderr } = Bun.spawnSync(["ip", ...words]);
  return exitCode === 0 ? null : stderr.toString().trim();
}

function must(words: readonly string[]): void {
  const wrong = ip(words);
  if (wrong !== null) throw new Error(`ip ${words.join(" ")}: ${wrong}`);
}
