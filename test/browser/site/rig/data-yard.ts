import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, trainyard } from './demo.ts';

/**
 * Lets the data of a copied demo grow old: the contract gets an owner, service levels and hostile words, half of the
 * patients become older, and one row breaks a rule that only warns.
 */
export async function changeData(project: string): Promise<void> {
  const contract = join(project, 'pipelines/heart-disease/patients.odcs.yaml');
  const text = await readFile(contract, 'utf8');
  await writeFile(
    contract,
    text
      .replace(/^team:.*\n/m, '')
      .replace('version: 1.0.0', 'version: 1.1.0')
      .replace(
        'domain: cardiology',
        `domain: cardiology
tags: [heart, "<img src=x onerror=alert(1)>"]
team:
  name: cardiology-data
  members:
    - { username: grace, name: Grace Hopper, role: Data Owner }
slaProperties:
  - { property: latency, value: 4, unit: d, element: patients }
  - { property: retention, value: 3, unit: y }
support:
  - { channel: "#cardiology", url: "javascript:alert(1)" }`,
      )
      .replace(
        '- { type: library, metric: rowCount, mustBeGreaterOrEqualTo: 200, severity: error }',
        `- { type: library, metric: rowCount, mustBeGreaterOrEqualTo: 200, severity: error }
      - { type: library, metric: rowCount, mustBeGreaterThan: 500, severity: warning }`,
      ),
  );
  const data = join(project, 'pipelines/heart-disease/data/cleveland.csv');
  const [head, ...rows] = (await readFile(data, 'utf8')).trimEnd().split('\n') as [string, ...string[]];
  const age = head.split(',').indexOf('age');
  const older = rows.slice(0, 290).map((row, i) => {
    const cells = row.split(',');
    if (i % 2 === 0) cells[age] = String(Math.min(110, Number(cells[age]) + 25));
    return cells.join(',');
  });
  await writeFile(data, `${[head, ...older].join('\n')}\n`);
  await git(project, 'add', '-A');
  await git(project, 'commit', '-q', '-m', 'New patients');
  await trainyard(project, 'run', 'heart-disease', '--param', 'trees=20');
}
