import { LITTLE_ENDIAN, uint16, uint32 } from "./octets.ts";

/**
 * Finds the IP packet in a captured one, by the link type of its interface (LINKTYPE_ numbers of
 * https://www.tcpdump.org/linktypes.html).
 */
const NULL = 0;
const ETHERNET = 1;
const RAW = [12, 14, 101, 228, 229];
const LOOP = 108;
const LINUX_COOKED = 113;
const LINUX_COOKED_2 = 276;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** 802.1Q, 802.1ad, and what came before it. */
const ETHERTYPES_VLAN = [0x8100, 0x88a8, 0x9100];

/** AF_INET everywhere; AF_INET6 of NetBSD and OpenBSD, FreeBSD, macOS, Linux. */
const ADDRESS_FAMILIES = [2, 24, 28, 30, 10];

/** Whether packets of the link type can be read. */
export function isKnownLinkType(linkType: number): boolean {
  const others = [NULL, ETHERNET, LOOP, LINUX_COOKED, LINUX_COOKED_2];
  return others.includes(linkType) || RAW.includes(linkType);
}

/** Where the IP packet begins in `bytes[start, end)`; -1 where there is none. */
export function findIp(linkType: number, bytes: Uint8Array, start: number, end: number): number {
  switch (linkType) {
    case ETHERNET:
      return behindEtherType(bytes, start + 12, start + 14, end);
    case LINUX_COOKED:
      return behindEtherType(bytes, start + 14, start + 16, end);
    case LINUX_COOKED_2:
      return behindEtherType(bytes, start, start + 20, end);
    case NULL:
      return behindFamily(bytes, start, end);
    case LOOP:
      return start + 4 < end && ADDRESS_FAMILIES.includes(uint32(bytes, start)) ? start + 4 : -1;
    default:
      return RAW.includes(linkType) ? start : -1;
  }
}

/** @param typeAt where the EtherType is @param at where what it tells of begins */
function behindEtherType(bytes: Uint8Array, typeAt: number, at: number, end: number): number {
  let type = uint16(bytes, typeAt);
  let next = at;
  while (next <= end) {
    if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return next;
    if (!ETHERTYPES_VLAN.includes(type)) return -1;
    type = uint16(bytes, next + 2);
    next += 4;
  }
  return -1;
}

/** The family is in the byte order of the machine that captured. */
function behindFamily(bytes: Uint8Array, start: number, end: number): number {
  if (start + 4 >= end) return -1;
  const little = LITTLE_ENDIAN.uint32(bytes, start);
  const known =
    ADDRESS_FAMILIES.includes(little) || ADDRESS_FAMILIES.includes(uint32(bytes, start));
  return known ? start + 4 : -1;
}
