let region: HTMLElement | undefined;

/** Tells people who listen to the page. One region for all, since it has to be there before it says something. */
export function announce(text: string): void {
  if (region === undefined || !region.isConnected) {
    region = document.createElement('div');
    region.setAttribute('role', 'status');
    region.className = 'visually-hidden';
    document.body.append(region);
  }
  const heard = region;
  heard.textContent = '';
  setTimeout(() => {
    heard.textContent = text;
  }, 50);
}
