import { ref } from './graph.ts';

/** The `@id`s of what there is once in a crate, and of what is counted. */
export const AGENT = ref('#agent');
export const ENGINE = ref('#kiln');
export const PLATFORM = ref('#platform');
export const RUN = ref('#job');
export const STEP = ref('#step');
export const nodeId = (name: string) => `#node-${encodeURIComponent(name)}`;
export const taskId = (number: number, attempt?: number) => `#task-${number}${attempt === undefined ? '' : `-attempt-${attempt}`}`;
export const iterationId = (iteration: number) => `#iteration-${iteration}`;
