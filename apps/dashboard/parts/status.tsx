import type { JobStatus, TaskState } from '@kiln/domain';
import { JOB_LOOK, type Look, machineLook, nodeLook, platformLook, TASK_LOOK } from '../lib/status.ts';
import { Icon } from './icon.tsx';

export function JobStatusLabel({ status, compact = false }: { readonly status: JobStatus; readonly compact?: boolean }) {
  return <StatusLabel look={JOB_LOOK[status]} turning={status === 'active'} compact={compact} />;
}

export function TaskStateLabel({ state }: { readonly state: TaskState }) {
  return <StatusLabel look={TASK_LOOK[state]} turning={state === 'running'} compact={false} />;
}

export function PlatformStateLabel({ state }: { readonly state: string }) {
  return <StatusLabel look={platformLook(state)} turning={state === 'checking'} compact={false} />;
}

export function MachineStateLabel({ state }: { readonly state: string }) {
  return <StatusLabel look={machineLook(state)} turning={state === 'coming'} compact={false} />;
}

export function NodeStateLabel({ state }: { readonly state: string }) {
  return <StatusLabel look={nodeLook(state)} turning={false} compact={false} />;
}

function StatusLabel({ look, turning, compact }: { readonly look: Look; readonly turning: boolean; readonly compact: boolean }) {
  return (
    <span
      style={{ display: 'flex', alignItems: 'center', gap: 6, color: look.color, fontWeight: 500, whiteSpace: 'nowrap' }}
      title={look.label}
    >
      <Icon name={look.icon} turning={turning} />
      <span className={compact ? 'visually-hidden' : undefined}>{look.label}</span>
    </span>
  );
}
