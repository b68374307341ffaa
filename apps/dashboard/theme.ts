import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** Colours speak of states only; whatever else there is stays grey, with one blue for what can be pressed. */
export const theme = createTheme({
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  colors: { dark: ['#c9ced6', '#b4bac4', '#949ba7', '#6b727d', '#3a3f48', '#31353d', '#22262c', '#1b1e23', '#16181c', '#101215'] },
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontSizes: { xs: '12px', sm: '13.5px', md: '15px', lg: '17px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '1.3' },
      h2: { fontSize: '16px', lineHeight: '1.4' },
      h3: { fontSize: '14px', lineHeight: '1.4' },
    },
  },
});

/** Mantine's own greys and reds miss WCAG AA on text of this size. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1b1f24',
    '--mantine-color-dimmed': '#5a626d',
    '--mantine-color-error': '#c1272d',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-anchor': '#1560c0',
    '--mantine-color-default-border': '#d5d9df',
    '--input-asterisk-color': '#c1272d',
  },
  dark: {
    '--mantine-color-body': '#16181c',
    '--mantine-color-text': '#e6e8eb',
    '--mantine-color-dimmed': '#a6adb8',
    '--mantine-color-error': '#ff918d',
    '--mantine-color-placeholder': '#949ba7',
    '--mantine-color-anchor': '#72b1ff',
    '--mantine-color-default-border': '#3a3f48',
    '--mantine-color-default': '#1d2025',
    '--mantine-color-default-hover': '#262a31',
    '--input-asterisk-color': '#ff918d',
  },
});
