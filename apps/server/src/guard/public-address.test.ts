import { expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { isPublicAddress } from "./public-address.ts";

const inside: Record<string, readonly string[]> = {
  "this network": ["0.0.0.0", "0.1.2.3", "0.255.255.255"],
  private: ["10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"],
  loopback: ["127.0.0.1", "127.0.0.2", "127.127.127.127", "127.255.255.255", "::1", "0:0:0:0:0:0:0:1"],
  unspecified: ["::", "0:0:0:0:0:0:0:0"],
  "link-local": [
    "169.254.0.1",
    "169.254.169.254",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
    "fe80::1%eth0",
    "fe80::1%1",
  ],
  "carrier NAT": ["100.64.0.1", "100.100.100.200", "100.127.255.255"],
  platform: ["168.63.129.16", "192.0.0.192", "fd00:ec2::254"],
  "protocol assignments": ["192.0.0.1", "192.0.0.170", "2001::1", "2001:1::1", "2001:1ff::1"],
  documentation: ["192.0.2.1", "198.51.100.7", "203.0.113.255", "2001:db8::1", "3fff::1", "3fff:fff::1"],
  benchmark: ["198.18.0.1", "198.19.255.255", "2001:2::1"],
  relays: ["192.88.99.1", "192.52.193.1", "192.31.196.1", "192.175.48.1", "2620:4f:8000::1"],
  multicast: ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
  reserved: ["240.0.0.1", "254.255.255.255", "255.255.255.255"],
  mapped: ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "0:0:0:0:0:ffff:0808:0808"],
  translated: ["::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8"],
  compatible: ["::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::7f00:1"],
  NAT64: ["64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "64:ff9b:1:ffff::10.0.0.1"],
  "6to4": ["2002::", "2002:7f00:1::", "2002:c0a8:101::1", "2002:808:808::1"],
  Teredo: ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:0:7f00:1::"],
  "unique local": ["fc00::1", "fd00::1", "fdff:ffff::1"],
  "site-local": ["fec0::1", "feff::1"],
  ORCHID: ["2001:10::1", "2001:20::1", "2001:2f::1"],
  discard: ["100::1"],
  unassigned: ["4000::1", "5f00::1", "8000::1", "e000::1"],
  ISATAP: ["2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:192.168.0.1", "2a00:1450:0:0:0:5efe:808:808"],
  "what is no address": ["", " ", "localhost", "example.com", "127.0.0.1:80", "[::1]", "1.1.1.1/32", "::1::", "1e100"],
};

const outside = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.1",
  "168.63.129.15",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "191.255.255.255",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2001:200::1",
  "2001:4860:4860::8888",
  "2003::1",
  "2606:4700:4700::1111",
  "2a00:1450:4001:81b::200e",
  "3ffe::1",
];

for (const [name, addresses] of Object.entries(inside)) {
  test(`T10 ${name} is not public`, () => {
    expect(addresses.filter((address) => isPublicAddress(address))).toEqual([]);
  });
}

test("T10 what lies right beside the refused ranges is public", () => {
  expect(outside.filter((address) => !isPublicAddress(address))).toEqual([]);
});

test("T10 this machine's own addresses are not public, whatever they are", () => {
  const own = Object.values(networkInterfaces()).flatMap((ofOne) => (ofOne ?? []).map(({ address }) => address));
  expect(own.filter((address) => isPublicAddress(address))).toEqual([]);
});
