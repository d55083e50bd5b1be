import { describe, expect, it } from 'vitest';
import { readLogTarget } from '../../../src/serve/log/target.ts';

describe('the secret of the receiver of events', () => {
  const told = (to: string, origin?: string): string => {
    const env = {
      TRAINYARD_LOG_AUTHORIZATION: 'Bearer abc',
      ...(origin === undefined ? {} : { TRAINYARD_LOG_AUTHORIZATION_ORIGIN: origin }),
    };
    const read = readLogTarget(to, { root: '/', env });
    if (read.ok) return read.value.kind;
    expect(JSON.stringify(read.failure)).not.toContain('Bearer abc');
    return `${read.failure.code}: ${read.failure.message.split(', and ')[1]}`;
  };

  it('goes where whoever gives it says, whatever a pipeline file says (P5)', () => {
    const origin = 'https://events.example.org';
    expect(told('https://events.example.org/in', origin)).toBe('http');
    expect(told('https://events.example.org:443/in', `${origin}/`)).toBe('http');
    expect(told('http://127.0.0.1:8/in', 'http://127.0.0.1:8')).toBe('http');
    for (const other of [
      'https://elsewhere.example.org/in',
      'https://events.example.org:8443/in',
      'http://events.example.org/in',
      'https://events.example.org.evil.example/in',
    ])
      expect(told(other, origin)).toBe(`serve-log-authorization: it is for "${origin}" only`);
    expect(told('https://events.example.org/in')).toBe(
      'serve-log-authorization: it is not said for whom it is',
    );
    expect(told('https://events.example.org/in', 'events')).toContain('it is for "events" only');
    expect(told('http://events.example.org/in', 'http://events.example.org')).toContain('only https://');
  });

  it('concerns no place that is no address', () => {
    expect(told('file:log')).toBe('file');
    expect(told('s3://bucket/prefix')).toBe('s3');
  });
});
