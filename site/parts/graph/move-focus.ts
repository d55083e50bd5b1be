const steps: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** With an arrow key, focus goes to the nearest control of the box in that direction; with Home and End to the first and last. */
export function moveFocus(event: KeyboardEvent, box: HTMLElement): void {
  const controls = [...box.querySelectorAll<HTMLElement>('[data-stop]')];
  const from = document.activeElement;
  if (!(from instanceof HTMLElement) || !controls.includes(from)) return;
  const next =
    event.key === 'Home'
      ? controls[0]
      : event.key === 'End'
        ? controls.at(-1)
        : nearest(from, controls, steps[event.key]);
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function nearest(
  from: HTMLElement,
  controls: readonly HTMLElement[],
  step: readonly [number, number] | undefined,
): HTMLElement | undefined {
  if (step === undefined) return undefined;
  const [x, y] = step;
  const middle = (element: HTMLElement): readonly [number, number] => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return [(left + right) / 2, (top + bottom) / 2];
  };
  const [fromX, fromY] = middle(from);
  let best: { readonly control: HTMLElement; readonly distance: number } | undefined;
  for (const control of controls) {
    const [toX, toY] = middle(control);
    const along = (toX - fromX) * x + (toY - fromY) * y;
    if (along < 4) continue;
    // What lies beside the way counts twice, so that keys follow rows and columns.
    const beside = Math.abs((toX - fromX) * y) + Math.abs((toY - fromY) * x);
    const distance = along + 2 * beside;
    if (best === undefined || distance < best.distance) best = { control, distance };
  }
  return best?.control;
}
