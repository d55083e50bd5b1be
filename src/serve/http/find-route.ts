import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { CorsOrigins } from './cors.ts';
import { preflightHeaders } from './cors.ts';
import type { Exchange } from './exchange.ts';
import { failureReply } from './failure-reply.ts';
import type { HttpReply, Refuse } from './message.ts';
import type { Router } from './router.ts';

export interface FindRouteOptions {
  readonly router: Router;
  readonly cors: CorsOrigins;
  readonly refuseUnknown?: (path: string) => Refuse | undefined;
}

/** Gives an exchange its route, or says what is the answer without one. */
export function findRoute(exchange: Exchange, options: FindRouteOptions): HttpReply | undefined {
  const { router, cors } = options;
  const { method, path } = exchange;
  const refuse = (failure: ServeFailure): HttpReply =>
    (options.refuseUnknown?.(path) ?? failureReply)(failure, exchange.id);
  const found = router(method, path);
  switch (found.kind) {
    case 'found':
      exchange.route = found.route;
      exchange.params = found.params;
      return undefined;
    case 'malformed':
      return refuse(serveFailure('serve-http', 'The path has a % that begins no escape'));
    case 'method': {
      const allow = found.allowed.join(', ');
      if (method === 'OPTIONS') {
        const headers = { allow, ...preflightHeaders(exchange.incoming, cors) };
        return { status: 204, type: 'text/plain', body: '', headers };
      }
      const reply = refuse(serveFailure('serve-method', `Only ${allow} is possible here`));
      return { ...reply, headers: { ...reply.headers, allow } };
    }
    case 'none':
      if (method === 'OPTIONS' && path === '*') return { status: 204, type: 'text/plain', body: '' };
      return refuse(
        serveFailure('serve-route-unknown', 'There is nothing at this path; /docs lists what there is'),
      );
  }
}
