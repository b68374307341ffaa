/**
 * A generator that can be ended while it waits: `stop` must make it go on and return. Without this, `return()` would
 * queue behind whatever the generator waits for, and a subscriber that leaves would be kept until the next event.
 */
export function stoppable<T>(generator: AsyncGenerator<T, void>, stop: () => void): AsyncIterableIterator<T> {
  return {
    next: () => generator.next(),
    return() {
      stop();
      return generator.return();
    },
    throw(error) {
      stop();
      return generator.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
