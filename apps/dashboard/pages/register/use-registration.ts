import { useMutation } from '@apollo/client/react';
import { registerMutation } from '@kiln/client/platform-documents';
import { type FormEvent, useState } from 'react';
import { bucketInputOf } from '../platform/bucket-input.ts';
import { curatorInputOf } from '../platform/curator-input.ts';
import { type Draft, type Errors, type FieldName, NEW_DRAFT } from '../platform/draft.ts';
import { inputOf } from '../platform/draft-input.ts';
import { enrolmentOf, FORGOTTEN, suggestedName } from '../platform/enrolment.ts';
import { focusFirst } from '../platform/fields.tsx';
import { problemsByField } from '../platform/form-problems.ts';
import { type Login, type RegisteredKind, usualLogin } from '../platform/kinds.ts';
import { webInputOf } from '../platform/web-input.ts';

const readers = { s3: bucketInputOf, http: webInputOf, mytardis: curatorInputOf, login: inputOf };

/** What is typed into the form, and what becomes of it. */
export function useRegistration(onRegistered: (name: string) => void) {
  const [draft, setDraft] = useState<Draft>(NEW_DRAFT);
  const [named, setNamed] = useState(false);
  const [kind, setKnownKind] = useState<RegisteredKind>('unix');
  const [login, setLogin] = useState<Login>('password');
  const [{ errors, rest }, setProblems] = useState<{ errors: Errors; rest: readonly string[] }>({ errors: {}, rest: [] });
  const [register, { loading, error }] = useMutation(registerMutation, { fetchPolicy: 'no-cache' });

  const setKind = (next: RegisteredKind) => {
    if (usualLogin(next) !== usualLogin(kind)) setLogin(usualLogin(next));
    setKnownKind(next);
  };
  const onChange = (name: FieldName, value: string) => {
    if (name === 'name') setNamed(true);
    const suggest = (name === 'connection.host' || name === 'bucket.name') && !named;
    setDraft((known) => ({ ...known, [name]: value, ...(suggest && { name: suggestedName(value) }) }));
    setProblems((known) => ({ ...known, errors: { ...known.errors, [name]: undefined } }));
  };
  const show = (problems: { errors: Errors; rest: readonly string[] }) => {
    setProblems(problems);
    setTimeout(() => focusFirst(problems.errors)); // when they are drawn
  };
  const send = async () => {
    const { errors: unreadable, ...input } = readers[kind === 's3' || kind === 'http' || kind === 'mytardis' ? kind : 'login'](draft);
    const { enrolment, errors: missing } = enrolmentOf(draft, login);
    const wrong = { ...unreadable, ...missing, ...(draft.name.trim() === '' && { name: 'Give it a name.' }) };
    if (Object.keys(wrong).length > 0) return show({ errors: wrong, rest: [] });
    // What fails is in `error`, shown below the form.
    const result = await register({ variables: { input: { ...input, name: draft.name.trim(), kind, enrolment } } }).catch(() => null);
    const answer = result?.data?.registerPlatform;
    if (!answer) return;
    if (!answer.platform) return show(problemsByField(answer.problems));
    setDraft((known) => ({ ...known, ...FORGOTTEN }));
    onRegistered(answer.platform.name);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  return { form: { draft, errors, onChange }, kind, setKind, login, setLogin, rest, error, busy: loading, submit };
}
