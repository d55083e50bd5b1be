import type { Ref } from 'vue';
import { onUnmounted, ref } from 'vue';
import { announce } from './announce.ts';

export interface Copying {
  /** True for two seconds after something was copied. */
  readonly copied: Ref<boolean>;
  /** Puts a text on the clipboard and tells so; `what` names it: `Digest`. */
  copy(text: string, what: string): Promise<void>;
}

export function useCopy(): Copying {
  const copied = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onUnmounted(() => clearTimeout(timer));
  return {
    copied,
    copy: async (text, what) => {
      const done = await writeText(text);
      announce(done ? `${what} copied` : `${what} could not be copied`);
      copied.value = done;
      clearTimeout(timer);
      timer = setTimeout(() => {
        copied.value = false;
      }, 2000);
    },
  };
}

/** Sites that are not behind TLS have no clipboard; there the old way still works. */
async function writeText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard !== undefined) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // The old way, below.
  }
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}
