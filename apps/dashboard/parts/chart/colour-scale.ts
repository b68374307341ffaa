import { inDecades } from './scale.ts';

export interface ColourScale {
  readonly low: number;
  readonly high: number;
  /** Decades are equally far apart. */
  readonly log: boolean;
  colourOf(value: number): Colour;
}

export interface Colour {
  readonly background: string;
  /** For text on it: black or white, whichever can be read better. */
  readonly text: string;
}

type Rgb = readonly [number, number, number];

/** Viridis: its lightness grows evenly, so that it can be read without telling colours apart. https://bids.github.io/colormap/ */
const STOPS: readonly Rgb[] = [
  [68, 1, 84],
  [65, 68, 135],
  [42, 120, 142],
  [34, 168, 132],
  [122, 209, 81],
  [253, 231, 37],
];

/** All of it from left to right, as a CSS background. */
export const GRADIENT = `linear-gradient(to right, ${STOPS.map(css).join(', ')})`;

/** Colours from the smallest of the values to the largest; null if there are none. */
export function colourScale(values: readonly number[]): ColourScale | null {
  if (values.length === 0) return null;
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  const log = inDecades(values);
  const at = (value: number) => (log ? Math.log10(value) : value);
  const place = (value: number) => (high === low ? 0.5 : (at(value) - at(low)) / (at(high) - at(low)));
  return { low, high, log, colourOf: (value) => colourAt(place(value)) };
}

function colourAt(place: number): Colour {
  const position = Math.min(1, Math.max(0, place)) * (STOPS.length - 1);
  const index = Math.min(STOPS.length - 2, Math.floor(position));
  const [from = [0, 0, 0], to = [0, 0, 0]] = STOPS.slice(index, index + 2);
  const mixed = from.map((part, i) => Math.round(part + (position - index) * ((to[i] ?? 0) - part)));
  const [red = 0, green = 0, blue = 0] = mixed;
  return { background: css([red, green, blue]), text: luminance([red, green, blue]) > 0.179 ? '#000000' : '#ffffff' };
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance; at 0.179 black and white contrast equally. */
function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => (part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
