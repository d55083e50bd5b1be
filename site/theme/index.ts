import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { onMounted } from 'vue';
import { mendNames } from './mend-names.ts';
import { stayCurrent } from './stay-current.ts';
import './style.css';

/** VitePress's own theme, with our colours and the parts of our pages. */
const theme: Theme = {
  extends: DefaultTheme,
  // Once the page of the server is taken over: what differs before would be a mistake.
  setup: () =>
    onMounted(() => {
      mendNames();
      if (import.meta.env.DEV) void stayCurrent();
    }),
};

export default theme;
