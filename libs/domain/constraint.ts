import { KnownError } from './errors.ts';
import type { Point, Value } from './sweep.ts';

/** A condition on the values of a point, such as `a < b and mode != "fast"`. */
export interface Constraint {
  readonly text: string;
  /** The parameters that it speaks of. */
  readonly names: readonly string[];
  /** @throws KnownError BAD_INPUT if the values are of types that it cannot compare or reckon with */
  holds(values: Point): boolean;
}

type Expression = (values: Point) => Value;

const LONGEST = 500;
const DEEPEST = 30;

/**
 * Reads a constraint. It has names, numbers, texts in quotes, true and false; + - * / % and ** of numbers; < <= > >= == !=, which may be
 * chained; and, or, not (also && || !); and brackets. Nothing else: it cannot run code.
 * @throws KnownError BAD_INPUT with a sentence
 */
export function parseConstraint(text: string): Constraint {
  if (text.length > LONGEST) throw wrong(text, `is longer than ${LONGEST} letters`);
  const reader = new Reader(text);
  const expression = reader.whole();
  return {
    text,
    names: [...reader.names],
    holds(values) {
      const result = expression(values);
      if (typeof result === 'boolean') return result;
      throw wrong(text, 'gives neither true nor false; compare something, as in a < b');
    },
  };
}

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'[^'\\]*')|([A-Za-z_]\w*)|(\*\*|<=|>=|==|!=|&&|\|\||[-+*/%<>!()]))/y;

interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'sign' | 'end';
  readonly text: string;
}

class Reader {
  readonly names = new Set<string>();
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(private readonly text: string) {
    this.#tokens = tokens(text);
  }

  whole(): Expression {
    const expression = this.#either();
    const left = this.#peek();
    if (left.kind !== 'end') throw wrong(this.text, `is not understood at ${JSON.stringify(left.text)}`);
    return expression;
  }

  #either(): Expression {
    const [first, ...more] = this.#chain(['or', '||'], () => this.#both());
    return more.length === 0 ? first : (values) => [first, ...more].some((one) => this.#truth(one(values)));
  }

  #both(): Expression {
    const [first, ...more] = this.#chain(['and', '&&'], () => this.#negation());
    return more.length === 0 ? first : (values) => [first, ...more].every((one) => this.#truth(one(values)));
  }

  #negation(): Expression {
    if (!this.#take(['not', '!'])) return this.#comparison();
    const inner = this.#within(() => this.#negation());
    return (values) => !this.#truth(inner(values));
  }

  #comparison(): Expression {
    const first = this.#sum();
    const more: [compare: (a: Value, b: Value) => boolean, right: Expression][] = [];
    for (let sign = this.#take(COMPARISONS); sign; sign = this.#take(COMPARISONS)) {
      const of = sign;
      more.push([(a, b) => this.#compare(of, a, b), this.#sum()]);
    }
    if (more.length === 0) return first;
    return (values) => {
      let left = first(values);
      return more.every(([compare, expression]) => {
        const right = expression(values);
        const holds = compare(left, right);
        left = right;
        return holds;
      });
    };
  }

  #sum(): Expression {
    return this.#reckoned(['+', '-'], () => this.#product());
  }

  #product(): Expression {
    return this.#reckoned(['*', '/', '%'], () => this.#signed());
  }

  #signed(): Expression {
    if (this.#take(['-'])) {
      const inner = this.#within(() => this.#signed());
      return (values) => -this.#number(inner(values));
    }
    const base = this.#primary();
    if (!this.#take(['**'])) return base;
    const power = this.#within(() => this.#signed());
    return (values) => this.#number(base(values)) ** this.#number(power(values));
  }

  #primary(): Expression {
    const token = this.#next();
    if (token.kind === 'number') return constant(Number(token.text));
    if (token.kind === 'text') return constant(token.text.startsWith('"') ? String(JSON.parse(token.text)) : token.text.slice(1, -1));
    if (token.kind === 'word' && !WORDS.includes(token.text)) return this.#named(token.text);
    if (token.text === '(') {
      const inner = this.#within(() => this.#either());
      if (!this.#take([')'])) throw wrong(this.text, 'has a bracket that is not closed');
      return inner;
    }
    throw wrong(this.text, token.kind === 'end' ? 'ends too soon' : `is not understood at ${JSON.stringify(token.text)}`);
  }

  #named(name: string): Expression {
    if (name === 'true' || name === 'false') return constant(name === 'true');
    this.names.add(name);
    return (values) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) throw wrong(this.text, `speaks of '${name}', which has no value`);
      return value;
    };
  }

  #within(part: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw wrong(this.text, 'is nested too deeply');
    const expression = part();
    this.#depth -= 1;
    return expression;
  }

  #chain(signs: readonly string[], part: () => Expression): [Expression, ...Expression[]] {
    const parts: [Expression, ...Expression[]] = [part()];
    while (this.#take(signs)) parts.push(part());
    return parts;
  }

  #reckoned(signs: readonly string[], part: () => Expression): Expression {
    let left = part();
    for (let sign = this.#take(signs); sign; sign = this.#take(signs)) {
      const [before, after, reckon] = [left, part(), RECKON[sign]];
      if (reckon) left = (values) => reckon(this.#number(before(values)), this.#number(after(values)));
    }
    return left;
  }

  #compare(sign: string, a: Value, b: Value): boolean {
    if (sign === '==' || sign === '!=') return (a === b) === (sign === '==');
    if (typeof a !== typeof b || typeof a === 'boolean') {
      throw wrong(this.text, `cannot compare ${JSON.stringify(a)} with ${JSON.stringify(b)}`);
    }
    return sign === '<' ? a < b : sign === '<=' ? a <= b : sign === '>' ? a > b : a >= b;
  }

  #number(value: Value): number {
    if (typeof value === 'number') return value;
    throw wrong(this.text, `cannot reckon with ${JSON.stringify(value)}`);
  }

  #truth(value: Value): boolean {
    if (typeof value === 'boolean') return value;
    throw wrong(this.text, `takes ${JSON.stringify(value)} for true or false`);
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? END;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #take(texts: readonly string[]): string | null {
    const { kind, text } = this.#peek();
    if (kind === 'text' || kind === 'end' || !texts.includes(text)) return null;
    this.#at += 1;
    return text;
  }
}

const COMPARISONS = ['<', '<=', '>', '>=', '==', '!='];
const WORDS = ['and', 'or', 'not'];
const RECKON: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
const END: Token = { kind: 'end', text: '' };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    const match = TOKEN.exec(text);
    if (!match) throw wrong(text, `is not understood at ${JSON.stringify(text.slice(at).trim().slice(0, 10))}`);
    const [number, quoted, word, sign] = match.slice(1);
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (quoted !== undefined) found.push({ kind: 'text', text: quoted });
    else found.push({ kind: word === undefined ? 'sign' : 'word', text: word ?? sign ?? '' });
  }
  return found;
}

function constant(value: Value): Expression {
  return () => value;
}

function wrong(text: string, why: string): KnownError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new KnownError('BAD_INPUT', `The condition “${shown}” ${why}.`);
}
