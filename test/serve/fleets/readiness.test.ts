import { describe, expect, it } from 'vitest';
import { withoutPlaces } from '../../../src/serve/fleets/readiness.ts';

describe('what anybody may read of a failure', () => {
  it.each([
    [
      '/srv/app/model.onnx is sha256:12, and model.json is about sha256:34',
      '… is sha256:12, and model.json is about sha256:34',
    ],
    ['they were moved to /srv/store/corrupted/12-vm~7', 'they were moved to …'],
    ['https://git.internal/org/repo did not answer', '… did not answer'],
    ['C:\\models\\v1 cannot be read: EACCES', '… cannot be read: EACCES'],
    ['open(/etc/x.pem): no such file', 'open(…): no such file'],
    [
      'heart-disease@v1.2.0 answers golden request 4 differently',
      'heart-disease@v1.2.0 answers golden request 4 differently',
    ],
    ['the share is 1/2 of pipelines/heart-disease', 'the share is 1/2 of pipelines/heart-disease'],
  ])('P5: %s', (text, shown) => {
    expect(withoutPlaces(text)).toBe(shown);
  });
});
