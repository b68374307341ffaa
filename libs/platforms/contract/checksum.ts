/** What POSIX `cksum` prints for its standard input: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cksum.html */
export class Checksum {
  private crc = 0;
  private size = 0;

  add(bytes: Uint8Array): void {
    let crc = this.crc;
    for (let i = 0; i < bytes.length; i++) crc = step(crc, bytes[i] ?? 0);
    this.crc = crc;
    this.size += bytes.length;
  }

  digest(): string {
    let crc = this.crc;
    for (let rest = this.size; rest > 0; rest = Math.floor(rest / 256)) crc = step(crc, rest % 256);
    return `${~crc >>> 0} ${this.size}`;
  }
}

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

function step(crc: number, byte: number): number {
  return (crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] ?? 0);
}
