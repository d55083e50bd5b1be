import type { Fleet } from '../fleet.ts';
import type { HttpReply, Route } from '../http/message.ts';

/** `/health/live`: the process answers. `/health/ready`: every model that was asked for answers. */
export function healthRoutes(fleet: Fleet): readonly Route[] {
  return [
    { method: 'GET', path: '/health/live', handle: () => json(200, { live: true }) },
    {
      method: 'GET',
      path: '/health/ready',
      handle: () => {
        const readiness = fleet.readiness();
        return json(readiness.ready ? 200 : 503, readiness);
      },
    },
  ];
}

function json(status: number, value: unknown): HttpReply {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}
