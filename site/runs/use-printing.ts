import type { Ref } from 'vue';
import { onMounted, onUnmounted, ref } from 'vue';

/** True from just before the page is printed until it was. */
export function usePrinting(): Ref<boolean> {
  const printing = ref(false);
  const begin = (): void => {
    printing.value = true;
  };
  const end = (): void => {
    printing.value = false;
  };
  const media = (event: MediaQueryListEvent): void => (event.matches ? begin() : end());
  let query: MediaQueryList | undefined;
  onMounted(() => {
    query = window.matchMedia('print');
    query.addEventListener('change', media);
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
  });
  onUnmounted(() => {
    query?.removeEventListener('change', media);
    window.removeEventListener('beforeprint', begin);
    window.removeEventListener('afterprint', end);
  });
  return printing;
}
