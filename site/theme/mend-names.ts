/**
 * VitePress says of its search that it is a button, with a list of options that have links in them, and of folded groups of
 * its sidebar that they are buttons with buttons in them: nothing that a screen reader can make sense of. Whenever they are
 * shown, the one becomes a dialog with a list of links, the others one button each.
 */
export function mendNames(): void {
  let waiting = false;
  const soon = (): void => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      for (const caret of document.querySelectorAll('.VPSidebarItem > .item[role=button] > .caret[role]'))
        mendCaret(caret);
      const box = document.querySelector('.VPLocalSearchBox');
      if (box !== null) mendSearch(box);
    });
  };
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  soon();
}

/** Its group does the same, and is reached by the keyboard. */
function mendCaret(caret: Element): void {
  for (const name of ['role', 'tabindex', 'aria-label']) caret.removeAttribute(name);
  caret.setAttribute('aria-hidden', 'true');
}

function mendSearch(box: Element): void {
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-modal', 'true');
  for (const name of ['aria-owns', 'aria-expanded', 'aria-haspopup']) box.removeAttribute(name);
  const list = box.querySelector('ul');
  list?.setAttribute('role', 'list');
  for (const item of list?.children ?? []) {
    item.setAttribute('role', 'listitem');
    item.removeAttribute('aria-selected');
    // Its text says more than its label, which has the names of the headings alone.
    item.querySelector('a')?.removeAttribute('aria-label');
  }
  // Keys that are drawn: only pictures may have a name that is not their text.
  for (const key of box.querySelectorAll('kbd[aria-label]')) key.setAttribute('role', 'img');
}
