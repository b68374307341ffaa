import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';
import { RegisterForm } from './register-form.tsx';

export function RegisterPage() {
  return (
    <Page name="Register a platform" heading="Register a platform">
      <Text c="dimmed" mb="lg" maw={760}>
        A machine or cluster that you can log in to over SSH, where nothing has to be installed, an S3 bucket that keeps results, a web
        server with input, a MyTardis that publishes results, or a cloud that makes machines for jobs. Once it is registered, Kiln looks at
        it and tells what it finds.{' '}
        <Anchor component={Link} to="/platforms" size="sm" underline="always" inherit>
          Back to the platforms
        </Anchor>
      </Text>
      <RegisterForm />
    </Page>
  );
}
