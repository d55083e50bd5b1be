import { withBase } from 'vitepress';
import { stampName, stampPath } from '../stamp.ts';

const pauseMs = 500;

/**
 * In `site dev`: reads a page anew once what it shows was written anew. It asks, as what Vite tells is lost to a page that is
 * still on its way, or whose server begins anew because settings changed.
 */
export async function stayCurrent(): Promise<void> {
  const shown = document.querySelector<HTMLMetaElement>(`meta[name="${stampName}"]`)?.content;
  let now = shown;
  while (now === shown) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    now = await fetch(withBase(`/${stampPath}`)).then(
      (answer) => (answer.ok ? answer.text() : shown),
      () => shown,
    );
  }
  location.reload();
}
