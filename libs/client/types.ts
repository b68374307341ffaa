/** What the methods of `Kiln` take and give. */
export type { Connector, CreatedToken, Job, JobEvent, JobEventBatch, JobPreview, LogChunk, OutputEntry, Task } from './documents.ts';
export type { DownloadOptions } from './download.ts';
export type { Downloaded } from './files.ts';
export type { DeclaredOutput, TaskFiles } from './found-output.ts';
export type { Iterations } from './iterations.ts';
export type { LogOptions, TailOptions } from './logs.ts';
export type { RentedMachine, Spending } from './machine-documents.ts';
export type { Attempt, Curation, FailureCount, Iteration, Node, NumberTable, RetryCost } from './outcome-documents.ts';
export type { Platform } from './platform-documents.ts';
export type { NewPlatform, PlatformChange, Platforms } from './platforms.ts';
export type { Sweep, SweepChangedBatch, SweepPreview } from './sweep-documents.ts';
export type { Over, Sweeps } from './sweeps.ts';
