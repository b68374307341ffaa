import { readFileSync } from 'node:fs';

/** For `node --import`: shifts the clock of this process by the milliseconds in the file `KILN_CLOCK_SHIFT`, as they are at the moment. */
const file = process.env['KILN_CLOCK_SHIFT'] ?? '';
let shift = 0;
const read = () => {
  shift = Number(readFileSync(file, 'utf8')) || 0;
};
read();
setInterval(read, 20).unref();

const RealDate = Date;
class ShiftedDate extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...(given as [number])); // whatever the real one takes
  }

  static override now(): number {
    return RealDate.now() + shift;
  }
}
globalThis.Date = ShiftedDate as DateConstructor; // it is called with `new` alone
