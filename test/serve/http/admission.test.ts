import { describe, expect, it } from 'vitest';
import { openAdmission } from '../../../src/serve/http/admission.ts';

/** An admission that has seen answers of so many busy milliseconds each. */
function afterAnswers(ms: number) {
  let busy = 0;
  const admission = openAdmission({ mostWaitMs: 500, busyMs: () => busy });
  for (let i = 0; i < 100; i++) {
    busy += ms;
    admission.answered();
  }
  admission.look();
  return {
    admission,
    answer: (more: number, count: number) => {
      busy += more * count;
      for (let i = 0; i < count; i++) admission.answered();
      admission.look();
    },
  };
}

describe('whether a request may come in', () => {
  it('depends on the work that is there, not on how many requests that is (S11)', () => {
    const slow = afterAnswers(5).admission;
    expect(slow.tooLong(100)).toBeUndefined();
    expect(slow.tooLong(101)).toBe(505);
    const fast = afterAnswers(0.05).admission;
    expect(fast.tooLong(4000)).toBeUndefined();
  });

  it('is no question for a few that come together, nor before anything is known', () => {
    expect(afterAnswers(1000).admission.tooLong(64)).toBeUndefined();
    expect(openAdmission({ mostWaitMs: 500, busyMs: () => 0 }).tooLong(4000)).toBeUndefined();
  });

  it('follows what answers take now', () => {
    const { admission, answer } = afterAnswers(10);
    expect(admission.tooLong(100)).toBeGreaterThan(500);
    for (let i = 0; i < 20; i++) answer(0.1, 50);
    expect(admission.tooLong(100)).toBeUndefined();
  });

  it('learns nothing from a handful of answers', () => {
    const { admission, answer } = afterAnswers(1);
    answer(5000, 3);
    expect(admission.tooLong(100)).toBeUndefined();
  });
});
