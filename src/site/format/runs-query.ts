/** The language of `trainyard runs list --where`, for pages: modules of the room of runs that import nothing of Node. */
export * from '../../runs/in-page.ts';
