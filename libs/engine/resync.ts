/** Milliseconds after which a job that waits for the world is looked at even when nothing hinted at a change. */
export const RESYNC = 5000;

/** Milliseconds after which a world that is changing is looked at again: what happens within is handled as one set. */
export const SOON = 250;
