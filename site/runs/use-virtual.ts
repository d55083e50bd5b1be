import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { ComputedRef, Ref } from 'vue';
import { computed, onMounted, onUnmounted, shallowRef, triggerRef, watch } from 'vue';

export interface VirtualRows {
  /** The rows to draw: from the first to before the last. */
  readonly range: ComputedRef<{ readonly from: number; readonly until: number }>;
  show(index: number): void;
}

/** Which rows of equal height are in sight of a box that scrolls, with some more around them. */
export function useVirtual(options: {
  readonly box: Ref<HTMLElement | undefined>;
  readonly count: Ref<number>;
  readonly height: Ref<number>;
  /** Pixels on top of the box that stay in sight and hide rows. */
  readonly covered: Ref<number>;
}): VirtualRows {
  const { box, count, height, covered } = options;
  const virtual = new Virtualizer<HTMLElement, HTMLElement>(settings());
  const state = shallowRef(virtual);

  function settings(): ConstructorParameters<typeof Virtualizer<HTMLElement, HTMLElement>>[0] {
    return {
      count: count.value,
      getScrollElement: () => box.value ?? null,
      estimateSize: () => height.value,
      overscan: 6,
      initialRect: { width: 1200, height: 800 },
      scrollPaddingEnd: covered.value,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => triggerRef(state),
    };
  }

  let unmount: (() => void) | undefined;
  onMounted(() => {
    unmount = virtual._didMount();
    virtual._willUpdate();
    triggerRef(state);
  });
  onUnmounted(() => unmount?.());
  watch(
    [count, covered, box, height],
    ([, , , now], [, , , before]) => {
      virtual.setOptions(settings());
      if (now !== before) virtual.measure();
      virtual._willUpdate();
      triggerRef(state);
    },
    { flush: 'post' },
  );

  return {
    range: computed(() => {
      const items = state.value.getVirtualItems();
      const from = items[0]?.index ?? 0;
      return {
        from: Math.min(from, count.value),
        until: Math.min(count.value, (items.at(-1)?.index ?? -1) + 1),
      };
    }),
    show: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
  };
}
