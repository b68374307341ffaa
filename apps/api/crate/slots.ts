import type { Value } from '@kiln/domain';
import type { Crate } from './crate.ts';
import { type Reference, ref } from './graph.ts';

/** What the workflow takes and gives; each is described once, when the first value of it is met. */
export class Slots {
  readonly input: Reference[] = [];
  readonly output: Reference[] = [];
  readonly #known = new Set<string>();

  constructor(private readonly crate: Crate) {}

  /** The value of a parameter, or of a number that tasks come to. `owner` is the fragment that it belongs to. */
  async value(side: 'input' | 'output', owner: string, name: string, value: Value): Promise<Reference> {
    const slot = `#${side}-${encodeURIComponent(name)}`;
    const id = `#${owner}${slot.replace('#', '-')}`;
    if (!this.#known.has(slot)) {
      this.#known.add(slot);
      this[side].push(ref(slot));
      await this.crate.describe({ '@id': slot, '@type': 'FormalParameter', name, additionalType: typeOf(value) });
    }
    await this.crate.describe({ '@id': id, '@type': 'PropertyValue', name, value, exampleOfWork: ref(slot) });
    return ref(id);
  }

  /** A variable that a task finds in its environment besides its parameters; the same one is described once. */
  async variable(id: string, name: string, value: string): Promise<Reference> {
    if (!this.#known.has(id)) {
      this.#known.add(id);
      await this.crate.describe({ '@id': id, '@type': 'PropertyValue', name, value });
    }
    return ref(id);
  }
}

/** https://schema.org/DataType */
function typeOf(value: Value): string {
  if (typeof value === 'boolean') return 'Boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  return 'Text';
}
