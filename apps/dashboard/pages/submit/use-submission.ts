import { useQuery } from '@apollo/client/react';
import { platformsQuery } from '@kiln/client/platform-documents';
import { useMemo, useState } from 'react';
import { checkValues } from './check-values.ts';
import { allProblems, cleared, errorsByField, type FieldProblem } from './field-problems.ts';
import { shownForm } from './form-schema.ts';
import { focusField } from './problems.tsx';
import { useSubmissionKey } from './submission-key.ts';
import { ownNames, type SubmitProps } from './submit-props.ts';
import { usePreview } from './use-preview.ts';

interface Preview {
  readonly problems: readonly FieldProblem[];
}

interface SubmissionOptions<I, P extends Preview> extends Pick<SubmitProps, 'form' | 'values' | 'onChange'> {
  /** What is to be submitted. */
  readonly input: I;
  /** What is wrong that neither form nor server can say. */
  readonly own?: readonly FieldProblem[];
  /** What is left blank and needed is wrong. */
  readonly whole: boolean;
  preview(input: I): Promise<P | null>;
  /** Submits it; gives what the server refused, or null where there is nothing to tell. */
  submit(input: I & { readonly idempotencyKey: string }): Promise<readonly FieldProblem[] | null>;
}

/** A form that is checked while it is filled in, and submitted once. */
export function useSubmission<I extends Readonly<Record<string, unknown>>, P extends Preview>(options: SubmissionOptions<I, P>) {
  const { form, values, input, own = [], whole, onChange } = options;
  const [sweepProblem, setSweepProblem] = useState<string | null>(null);
  const [refused, setRefused] = useState<{ of: string; problems: readonly FieldProblem[] } | null>(null);
  const platforms = useQuery(platformsQuery, { fetchPolicy: 'cache-and-network' }).data?.platforms ?? [];
  const platform = platforms.find((one) => one.name === values['platform']);
  const shown = useMemo(() => shownForm(form, values), [form, values]);
  const asked = JSON.stringify(input);
  const previewed = usePreview(input, options.preview);
  const idempotencyKey = useSubmissionKey(input);
  const told = refused?.of === asked ? refused.problems : previewed.stale ? [] : (previewed.preview?.problems ?? []);
  const problems = [...own, ...allProblems(checkValues(shown, values, whole), told, sweepProblem)];

  /** `complete`: what is left blank and needed holds it up. */
  const send = async (complete: boolean) => {
    const first = Object.keys(checkValues(shown, values, complete))[0] ?? (sweepProblem ? 'sweep' : own[0]?.path[0]);
    if (first !== undefined) return focusField([first]);
    const answer = await options.submit({ ...input, idempotencyKey });
    if (answer === null) return;
    setRefused({ of: asked, problems: answer });
    focusField(answer[0]?.path ?? []);
  };
  return {
    ...{ previewed, problems, told, platform, send },
    /** What `JobForm` gets. */
    fields: {
      form: shown,
      values,
      context: {
        ...{ errors: errorsByField(problems, sweepProblem), sweepable: ownNames(form), onSweepProblem: setSweepProblem },
        ...{ platforms, platform },
      },
      onChange: (next: SubmitProps['values']) => onChange({ ...values, ...next, ...cleared(shown, next) }),
    },
  };
}
