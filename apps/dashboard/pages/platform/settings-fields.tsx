import { Field, type FormState, TextField } from './fields.tsx';
import classes from './form.module.css';
import { Section } from './section.tsx';

interface SettingsProps {
  readonly form: FormState;
  readonly kind: string;
  /** As they are; null before the first check. */
  readonly slots: number | null;
}

/** What whoever registers a platform may say beyond how to reach it. */
export function SettingsFields({ form, kind, slots }: SettingsProps) {
  return (
    <>
      <Section title="Paths">
        <Field
          form={form}
          name="settings.root"
          label="Root"
          placeholder="~/"
          help="Jobs get their directories in .kiln below it. Scratch space is a good choice."
          code
        />
        <Field
          form={form}
          name="settings.home"
          label="Home"
          placeholder="as the machine says"
          help="Only if the machine says it wrong."
          code
        />
      </Section>
      <Section title="Before each task">
        <TextField
          form={form}
          name="settings.modules"
          label="Modules to load"
          placeholder={'gcc/12\nopenmpi'}
          help="One a line, as for module load."
          code
        />
        <TextField
          form={form}
          name="settings.setup"
          label="Setup lines"
          placeholder=". ~/venv/bin/activate"
          help="Lines of shell, after the modules."
          code
        />
      </Section>
      {kind !== 'unix' && <ResourceFields form={form} kind={kind} />}
      <LimitFields form={form} kind={kind} slots={slots} />
    </>
  );
}

function ResourceFields({ form, kind }: { readonly form: FormState; readonly kind: string }) {
  const queue = kind === 'slurm' ? 'Partition' : 'Queue';
  return (
    <Section title="What a task asks for, unless the job says otherwise">
      <Field form={form} name="settings.resources.queue" label={queue} placeholder="the cluster’s default" code />
      <Field form={form} name="settings.resources.account" label="Account" code />
      <Field form={form} name="settings.resources.project" label="Project" code />
      <Field form={form} name="settings.resources.qos" label="QOS" code />
      <Field form={form} name="settings.resources.walltime" label="Walltime" placeholder="4h, 90m or 2-12:00:00" />
      <Field form={form} name="settings.resources.memory" label="Memory" placeholder="4 GB" />
      <Field form={form} name="settings.resources.cores" label="Cores" numeric />
      <Field form={form} name="settings.resources.nodes" label="Machines" help="More than one is for MPI." numeric />
      <Field form={form} name="settings.resources.gpus" label="GPUs" numeric />
      <div className={classes['wide']}>
        <TextField
          form={form}
          name="settings.resources.directives"
          label="Further directives"
          placeholder="--constraint=ib"
          help="One a line, as the scheduler has them."
          code
        />
      </div>
    </Section>
  );
}

function LimitFields({ form, kind, slots }: SettingsProps) {
  const batch = kind !== 'unix';
  return (
    <Section title="Limits, for all users of the login together">
      <Field
        form={form}
        name="slots"
        label="Tasks of one job at once"
        placeholder={slots === null ? 'as the check finds' : `${slots}, as now`}
        numeric
      />
      <Field
        form={form}
        name="settings.limits.tasks"
        label={batch ? 'Elements in the queue' : 'Tasks at once'}
        placeholder="no limit"
        help="Over all jobs."
        numeric
      />
      {batch && <Field form={form} name="settings.limits.submissionsPerMinute" label="Submissions a minute" numeric />}
      <Field form={form} name="settings.limits.commandsPerSecond" label="Commands a second" numeric />
      <Field form={form} name="settings.limits.connections" label="SSH connections" numeric />
      <Field form={form} name="settings.limits.sessions" label="Sessions on a connection" help="OpenSSH allows ten." numeric />
      <Field
        form={form}
        name="settings.limits.lostAfter"
        label="Lost after"
        placeholder="1d, 12h or 90m"
        help="A machine that cannot be reached for so long is lost, and its tasks are dealt to others or fail."
      />
    </Section>
  );
}
