import type { Page } from 'playwright-core';
import type { RunRecord } from '../../../../src/runs/index.ts';

/** Of the page that compares runs. */
export function address(runs: readonly Pick<RunRecord, 'pipeline' | 'id'>[], more = ''): string {
  return `compare.html?runs=${runs.map(({ pipeline, id }) => `${pipeline}/${id}`).join(',')}${more}`;
}

/** The sections that take a while stand. */
export async function settled(page: Page): Promise<void> {
  await page.getByText('Measured here, row by row').waitFor();
  await page.locator('#sweep svg').first().waitFor();
}
