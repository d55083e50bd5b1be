import { useRouter } from 'vitepress';
import type { Ref } from 'vue';
import { onMounted, onUnmounted, ref } from 'vue';

/** What stands after `?` in the page's address, while the page is open too; absent until it stands. */
export function useQuery(): Ref<URLSearchParams | undefined> {
  const query = ref<URLSearchParams>();
  const router = useRouter();
  const here = (): string => location.pathname.replace(/\.html$/, '');
  let path = '';
  const read = (): void => {
    if (here() === path) query.value = new URLSearchParams(location.search);
  };
  const before = router.onAfterRouteChange;
  const after = async (to: string): Promise<void> => {
    await before?.(to);
    read();
  };
  onMounted(() => {
    path = here();
    read();
    router.onAfterRouteChange = after;
  });
  onUnmounted(() => {
    if (router.onAfterRouteChange !== after) return;
    if (before === undefined) delete router.onAfterRouteChange;
    else router.onAfterRouteChange = before;
  });
  return query;
}
