import type { CloudLook } from '@kiln/client/platform-documents';
import { Field, type FormState, TextField } from '../fields.tsx';
import classes from '../form.module.css';
import { Section } from '../section.tsx';
import { ChoiceField } from './choice-field.tsx';
import { byName, optionsOf, roomText, sizeOptions } from './options.ts';

interface MachineProps {
  readonly form: FormState;
  /** Null where nobody knows what there is. */
  readonly look: CloudLook | null;
  readonly title: string;
}

/** What the machines of a cloud are like, chosen from what it has, or typed where that is not known. */
export function MachineFields({ form, look, title }: MachineProps) {
  const { draft } = form;
  const ec2 = draft['cloud.provider'] === 'ec2';
  const list = (of: 'images' | 'networks' | 'floatingNetworks' | 'zones', chosen: string) =>
    optionsOf([...(look?.[of] ?? [])].sort(byName), chosen);
  const floating = !ec2 && (look === null || look.floatingNetworks.length > 0 || draft['cloud.floatingNetwork'] !== '');
  const cut = (of: string) => (look?.cut.includes(of) ? ' It has more than are listed; any other may be typed.' : '');
  const typed = look === null ? ' Its name or its id.' : '';
  return (
    <Section title={title}>
      <ChoiceField
        form={form}
        name="cloud.image"
        label="Image"
        options={list('images', draft['cloud.image'])}
        help={`A Linux with SSH and cloud-init.${cut('images')}${typed}`}
        required
      />
      <Field
        form={form}
        name="cloud.user"
        label="Login user"
        help="Who logs in on machines of this image."
        placeholder="debian"
        required
        code
      />
      <ChoiceField
        form={form}
        name="cloud.size"
        label="Size"
        options={sizeOptions(look?.sizes ?? [], draft['cloud.size'])}
        help={look ? `${roomText(look, draft['cloud.size'])}${cut('sizes')}` : `A flavor, or an instance type.${typed}`}
        required
      />
      <ChoiceField
        form={form}
        name="cloud.network"
        label={ec2 ? 'Subnet' : 'Network'}
        options={list('networks', draft['cloud.network'])}
        help={`Machines are in it.${cut('networks')}${typed}`}
        required
      />
      {floating && (
        <ChoiceField
          form={form}
          name="cloud.floatingNetwork"
          label="Floating addresses from"
          blank="none"
          options={list('floatingNetworks', draft['cloud.floatingNetwork'])}
          help={`Only where the workers do not reach the network itself.${typed}`}
        />
      )}
      <ChoiceField form={form} name="cloud.zone" label="Zone" blank="as the cloud likes" options={list('zones', draft['cloud.zone'])} />
      <Field
        form={form}
        name="cloud.sourceRange"
        label="Reached from"
        placeholder="192.0.2.0/24"
        help="The addresses of the workers: from elsewhere nobody gets to SSH on machines. 0.0.0.0/0 is everywhere, so that all of the internet may try to log in."
        required
        code
      />
    </Section>
  );
}

/** What they may come to. */
export function LimitFields({ form, title }: Omit<MachineProps, 'look'>) {
  return (
    <Section title={title}>
      <Field form={form} name="cloud.maxMachines" label="Machines of one job" help="At most." required numeric />
      <Field form={form} name="slots" label="Tasks at once on each machine" placeholder="as many as it has cores" numeric />
      <Field
        form={form}
        name="cloud.bootTimeout"
        label="Boot time-out"
        help="In seconds: a machine on which nobody can log in by then is given back."
        required
        numeric
      />
      <Field
        form={form}
        name="cloud.pricePerHour"
        label="Price per hour"
        placeholder="not known"
        help="Of one machine, in any currency. Kiln asks no cloud for prices."
      />
      <div className={classes['wide']}>
        <TextField
          form={form}
          name="cloud.userData"
          label="User data"
          placeholder={'#cloud-config\npackages: [gfortran]'}
          help="What cloud-init on each machine is given, up to 16 KiB. Whoever gets into a machine can read it: no place for secrets."
          code
        />
      </div>
    </Section>
  );
}
