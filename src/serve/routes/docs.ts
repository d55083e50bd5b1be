import type { PageOptions } from '../docs/page.ts';
import { contentPolicy, docsPage, exampleOrigin } from '../docs/page.ts';
import type { Fleet } from '../fleet.ts';
import type { HttpReply, HttpRequest, Route } from '../http/message.ts';
import { servedNow } from '../openapi/served-now.ts';

/** `GET /docs`, where `/` leads. */
export function docsRoutes(options: PageOptions & { readonly fleet: Fleet }): readonly Route[] {
  const page = servedNow(options.fleet, (visible) => docsPage(visible, options));
  const handle = ({ headers, identity }: HttpRequest): HttpReply => ({
    status: 200,
    type: 'text/html; charset=utf-8',
    body: page(identity).replaceAll(exampleOrigin, originOf(headers.host)),
    headers: {
      'cache-control': 'no-cache',
      'content-security-policy': contentPolicy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  });
  return [
    { method: 'GET', path: '/docs', needs: 'docs', handle },
    {
      method: 'GET',
      path: '/',
      needs: 'open',
      handle: () => ({
        status: 302,
        type: 'text/plain; charset=utf-8',
        body: 'See /docs\n',
        headers: { location: '/docs' },
      }),
    },
  ];
}

/** Commands on the page ask the server that gave it, as far as its name is a plain one. */
function originOf(host: string | undefined): string {
  return host !== undefined && /^[A-Za-z0-9.:[\]-]{1,255}$/.test(host) ? `http://${host}` : exampleOrigin;
}
