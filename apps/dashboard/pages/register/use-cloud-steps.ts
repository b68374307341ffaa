import type { CloudLook } from '@kiln/client/platform-documents';
import { cloudPlaceOf } from '../platform/cloud/cloud-input.ts';
import { loginUser } from '../platform/cloud/options.ts';
import { useCloudLook } from '../platform/cloud/use-cloud-look.ts';
import type { Draft, FieldName } from '../platform/draft.ts';
import { enrolmentOf, suggestedName } from '../platform/enrolment.ts';
import { type FormState, fieldId } from '../platform/fields.tsx';
import { problemsByField } from '../platform/form-problems.ts';
import type { Login } from '../platform/kinds.ts';
import type { Registration } from './use-registration.ts';

/** What another cloud, or another credential, makes untrue. */
const WHERE = /^(cloud\.(provider|endpoint|region|interface)$|enrolment\.)/;

const NOWHERE = {
  ...{ 'cloud.endpoint': '', 'cloud.region': '', 'cloud.interface': 'public' },
  ...{ 'cloud.image': '', 'cloud.size': '', 'cloud.network': '', 'cloud.floatingNetwork': '', 'cloud.zone': '' },
} as const;

/** A cloud is looked at before there is anything to choose from. */
export function useCloudSteps({ form, fill, show, login, setLogin }: Registration) {
  const { looked, regions, ask, forget } = useCloudLook();
  const { draft } = form;
  const known = looked.state === 'known' ? looked.look : null;

  const onChange = (name: FieldName, value: string) => {
    if (WHERE.test(name)) forget(name === 'cloud.endpoint' || name === 'cloud.provider');
    if (name === 'cloud.provider') fill(NOWHERE); // the key of one is never told to the other
    if (name === 'cloud.image') fill({ 'cloud.user': loginUser(draft, known, value) });
    form.onChange(name, value);
  };
  const look = async () => {
    const { cloud, errors } = cloudPlaceOf(draft);
    const { enrolment, errors: missing } = enrolmentOf(draft, login);
    const wrong = { ...errors, ...missing };
    if (Object.keys(wrong).length > 0) return show({ errors: wrong, rest: [] });
    const { look: found, problems } = await ask({ cloud, enrolment });
    if (!found) return show(problemsByField(problems));
    fill({ ...only(draft, found), ...(draft.name === '' && { name: nameOf(draft) }) });
    setTimeout(() => document.getElementById(fieldId('cloud.image'))?.focus()); // when it is drawn
  };
  return {
    form: { ...form, onChange } satisfies FormState,
    looked,
    regions,
    look,
    /** There is something to choose from, or nobody can tell. */
    chooses: looked.state === 'known' || looked.state === 'away',
    setLogin(next: Login) {
      forget(false);
      setLogin(next);
    },
    fillFrom(values: Partial<Draft>, next: Login) {
      forget(true);
      setLogin(next);
      fill(values);
    },
  };
}

export type CloudSteps = ReturnType<typeof useCloudSteps>;

/** Where there is but one, it is chosen. */
function only(draft: Draft, look: CloudLook): Partial<Draft> {
  const [image, size, network] = [look.images, look.sizes, look.networks].map(([first, ...others]) =>
    others.length === 0 && first ? first.name : '',
  );
  return {
    ...(draft['cloud.image'] === '' && image && { 'cloud.image': image, 'cloud.user': loginUser(draft, look, image) }),
    ...(draft['cloud.size'] === '' && size && { 'cloud.size': size }),
    ...(draft['cloud.network'] === '' && network && { 'cloud.network': network }),
  };
}

/** `cloud` for `https://cloud.example.org:5000/v3`. */
function nameOf(draft: Draft): string {
  const endpoint = draft['cloud.endpoint'].trim();
  return endpoint === '' ? draft['cloud.region'].trim() : URL.canParse(endpoint) ? suggestedName(new URL(endpoint).hostname) : '';
}
