import { useMutation } from '@apollo/client/react';
import { registerMutation } from '@kiln/client/platform-documents';
import type { PlatformKind } from '@kiln/domain';
import { useState } from 'react';
import { bucketInputOf } from '../platform/bucket-input.ts';
import { cloudInputOf } from '../platform/cloud/cloud-input.ts';
import { curatorInputOf } from '../platform/curator-input.ts';
import { type Draft, type Errors, type FieldName, NEW_DRAFT } from '../platform/draft.ts';
import { inputOf } from '../platform/draft-input.ts';
import { enrolmentOf, FORGOTTEN, suggestedName } from '../platform/enrolment.ts';
import { focusFirst } from '../platform/fields.tsx';
import { problemsByField } from '../platform/form-problems.ts';
import { type Login, openedAs, usualLogin } from '../platform/kinds.ts';
import { webInputOf } from '../platform/web-input.ts';

const readers = { s3: bucketInputOf, http: webInputOf, mytardis: curatorInputOf, cloud: cloudInputOf, login: inputOf };

/** What is typed into the form, and what becomes of it. */
export function useRegistration(onRegistered: (name: string) => void) {
  const [draft, setDraft] = useState<Draft>(NEW_DRAFT);
  const [named, setNamed] = useState(false);
  const [kind, setKnownKind] = useState<PlatformKind>('unix');
  const [login, setLogin] = useState<Login>('password');
  const [{ errors, rest }, setProblems] = useState<{ errors: Errors; rest: readonly string[] }>({ errors: {}, rest: [] });
  const [register, { loading, error }] = useMutation(registerMutation, { fetchPolicy: 'no-cache' });

  const setOpened = (next: PlatformKind, provider: string) => {
    const usual = usualLogin(openedAs({ kind: next, provider }));
    if (usual !== usualLogin(openedAs({ kind, provider: draft['cloud.provider'] }))) setLogin(usual);
    setKnownKind(next);
  };
  const fill = (values: Partial<Draft>) => {
    setDraft((known) => ({ ...known, ...values }));
    setProblems((known) => ({ errors: Object.fromEntries(Object.entries(known.errors).filter(([name]) => !(name in values))), rest: [] }));
  };
  const onChange = (name: FieldName, value: string) => {
    if (name === 'name') setNamed(true);
    if (name === 'cloud.provider') setOpened(kind, value);
    const suggest = (name === 'connection.host' || name === 'bucket.name') && !named;
    setDraft((known) => ({ ...known, [name]: value, ...(suggest && { name: suggestedName(value) }) }));
    setProblems((known) => ({ ...known, errors: { ...known.errors, [name]: undefined } }));
  };
  const show = (problems: { errors: Errors; rest: readonly string[] }) => {
    setProblems(problems);
    setTimeout(() => focusFirst(problems.errors)); // when they are drawn
  };
  const send = async () => {
    const { errors: unreadable, ...input } = readers[isRead(kind) ? kind : 'login'](draft);
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
  const setKind = (next: PlatformKind) => setOpened(next, draft['cloud.provider']);
  return { form: { draft, errors, onChange }, fill, show, kind, setKind, login, setLogin, rest, error, busy: loading, send };
}

export type Registration = ReturnType<typeof useRegistration>;

function isRead(kind: PlatformKind): kind is 's3' | 'http' | 'mytardis' | 'cloud' {
  return kind in readers;
}
