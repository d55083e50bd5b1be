import type { ModelEvent } from '@format';

/** What an event did, in a few words. */
export function shownEvent(event: ModelEvent): string {
  switch (event.kind) {
    case 'register':
      return 'registered';
    case 'assign':
      if (event.cause === 'rollback') return `rolled back in ${event.stage}`;
      return event.cause === 'automatic' ? `to ${event.stage} by itself` : `promoted to ${event.stage}`;
    case 'unassign':
      return event.cause === 'refused' ? `refused in ${event.stage}` : `withdrawn from ${event.stage}`;
    case 'archive':
      return 'archived';
  }
}
