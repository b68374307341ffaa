import { Field, type FormState, SEALED, SecretField } from '../fields.tsx';
import classes from '../form.module.css';
import { Folded } from '../section.tsx';

/** A user of an OpenStack. */
export function CloudLoginFields({ form }: { readonly form: FormState }) {
  return (
    <>
      <Field form={form} name="enrolment.cloudLogin.user" label="User" required code />
      <SecretField form={form} name="enrolment.cloudLogin.password" label="Password" help={SEALED} required />
      <Field form={form} name="enrolment.cloudLogin.project" label="Project" help="In which machines are made." required code />
      <Field form={form} name="enrolment.cloudLogin.userDomain" label="Domain of the user" placeholder="Default" code />
      <Field form={form} name="enrolment.cloudLogin.projectDomain" label="Domain of the project" placeholder="as of the user" code />
      <div className={classes['wide']}>
        <Folded title="Ids" hint="In place of the names of the project and the domains.">
          <div className={classes['fields']}>
            <Field form={form} name="enrolment.cloudLogin.projectId" label="Id of the project" code />
            <Field form={form} name="enrolment.cloudLogin.userDomainId" label="Id of the domain of the user" code />
            <Field form={form} name="enrolment.cloudLogin.projectDomainId" label="Id of the domain of the project" code />
          </div>
        </Folded>
      </div>
    </>
  );
}
