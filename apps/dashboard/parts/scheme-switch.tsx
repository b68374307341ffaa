import { ActionIcon, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { Icon } from './icon.tsx';

const NEXT: Readonly<Record<MantineColorScheme, MantineColorScheme>> = { auto: 'light', light: 'dark', dark: 'auto' };
const ICON = { auto: 'system', light: 'sun', dark: 'moon' } as const;
const NAME = { auto: 'as the system', light: 'light', dark: 'dark' } as const;

export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const label = `Colours: ${NAME[colorScheme]}. Change to ${NAME[NEXT[colorScheme]]}.`;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="var(--mantine-color-text)"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(NEXT[colorScheme])}
    >
      <Icon name={ICON[colorScheme]} size={16} />
    </ActionIcon>
  );
}
