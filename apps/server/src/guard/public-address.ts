import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/**
 * Whether an address is one of the public internet (T10). Two judges must agree: `ipaddr.js` and the tables below, which name
 * what it calls public. Of IPv6 nothing but 2000::/3 counts: mapped (::ffff:0:0/96), compatible, NAT64, unique local, site-local
 * and link-local addresses are outside of it.
 */
export function isPublicAddress(address: string): boolean {
  // A zone names an interface of this machine.
  if (address.includes("%") || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast" || isOwnAddress(parsed)) return false;
  return parsed instanceof ipaddr.IPv4 ? !within(parsed, refused4) : isPublic6(parsed);
}

type Address = ReturnType<typeof ipaddr.parse>;

const refused4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  // The platform's own service on every machine of Azure.
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map((range) => ipaddr.parseCIDR(range));

const global6 = [ipaddr.parseCIDR("2000::/3")];
const refused6 = [
  // Protocol assignments: Teredo, benchmarks, ORCHID and others.
  "2001::/23",
  "2001:db8::/32",
  // 6to4: an IPv4 address, private ones included.
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
].map((range) => ipaddr.parseCIDR(range));

function isPublic6(address: Address): boolean {
  return within(address, global6) && !within(address, refused6) && !isIsatap(address);
}

/** RFC 5214: the interface's part is `[02]00:5efe` and an IPv4 address, which may be anybody's. */
function isIsatap(address: Address): boolean {
  const bytes = address.toByteArray();
  const [flags = 0, zero, high, low] = bytes.slice(8, 12);
  return (flags === 0 || flags === 2) && zero === 0 && high === 0x5e && low === 0xfe;
}

function within(address: Address, ranges: readonly [Address, number][]): boolean {
  return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

/** What listens here may be kept from the world by a firewall that does not stand between this machine and itself. */
function isOwnAddress(address: Address): boolean {
  const wanted = address.toNormalizedString();
  return Object.values(networkInterfaces()).some((ofOne) =>
    ofOne?.some((own) => ipaddr.isValid(own.address) && ipaddr.parse(own.address).toNormalizedString() === wanted),
  );
}
