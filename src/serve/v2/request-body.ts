import { promisify } from 'node:util';
import type { InputType, ZlibOptions } from 'node:zlib';
import { deflate, gunzip, gzip, inflate } from 'node:zlib';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { HttpReply, HttpRequest } from '../http/message.ts';

type Coder = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

const decoders: Readonly<Record<string, Coder>> = {
  gzip: promisify<InputType, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<InputType, ZlibOptions, Buffer>(gunzip),
  deflate: promisify<InputType, ZlibOptions, Buffer>(inflate),
};

const encoders: Readonly<Record<string, Coder>> = {
  gzip: promisify<InputType, ZlibOptions, Buffer>(gzip),
  deflate: promisify<InputType, ZlibOptions, Buffer>(deflate),
};

/** Answers below this many bytes are not worth the time to compress them. */
const worthCompressing = 4096;

/** The body of a request, unpacked when it is compressed; `maxBytes` holds for what comes out, too. */
export async function bodyOf(request: HttpRequest, maxBytes: number): Promise<Result<Buffer, ServeFailure>> {
  const body = await request.body(maxBytes);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  if (!body.ok || encoding === undefined || encoding === '' || encoding === 'identity') return body;
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
  if (decode === undefined) {
    return failed(serveFailure('serve-media-type', 'content-encoding: expected gzip, deflate or identity'));
  }
  try {
    return success(await decode(body.value, { maxOutputLength: maxBytes }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `The body is larger than ${maxBytes} bytes when it is unpacked`;
      return failed(serveFailure('serve-body-too-large', message));
    }
    return failed(serveFailure('serve-body-not-json', `The body is not ${encoding}, as its header says`));
  }
}

/** Compresses a large answer in the way that the request prefers, if it names one. */
export async function compressed(reply: HttpReply, accepted: string): Promise<HttpReply> {
  if (reply.body.length < worthCompressing) return reply;
  const offered = new Map(
    accepted.split(',').map((part) => {
      const [name = '', quality = ''] = part.split(';');
      return [name.trim().toLowerCase(), !/^\s*q=0(\.0*)?\s*$/.test(quality)] as const;
    }),
  );
  const encoding = Object.keys(encoders).find((name) => offered.get(name) === true);
  if (encoding === undefined) return reply;
  const body = await encoders[encoding]!(reply.body, { level: 1 });
  return {
    ...reply,
    body,
    headers: { ...reply.headers, 'content-encoding': encoding, vary: 'accept-encoding' },
  };
}
