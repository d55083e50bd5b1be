import { expect, test } from 'vitest';
import { readContractFacts } from '../../src/contract/index.ts';

const contract = `
apiVersion: v3.1.0
kind: DataContract
id: patients
version: 1.0.0
status: active
domain: cardiology
dataProduct: hearts
tags: [heart, heart, 7]
description: { purpose: Warn., limitations: One clinic., usage: Research. }
team:
  name: the team
  members:
    - { username: old, role: Data Owner, dateOut: 2020-01-01 }
    - { username: grace, name: Grace Hopper, role: owner }
slaProperties:
  - { property: latency, value: 4, unit: d, element: patients, driver: regulatory }
  - { property: frequency, value: 1, valueExt: 2, unit: d }
  - { value: 9 }
support: [{ channel: "#hearts", url: https://example.org }, 7]
schema:
  - name: patients
    description: One row a patient.
    tags: [clinical]
    properties:
      - { name: id, businessName: Number, classification: restricted, tags: [pii], logicalType: string }
      - { name: __proto__, logicalType: string }
`;

test('a contract tells who owns the data, what was promised of it, and how its columns are classed', () => {
  const facts = readContractFacts(contract);
  expect({ ...facts, columns: [...facts.columns] }).toEqual({
    status: 'active',
    domain: 'cardiology',
    dataProduct: 'hearts',
    owner: 'Grace Hopper',
    purpose: 'Warn.',
    limitations: 'One clinic.',
    usage: 'Research.',
    description: 'One row a patient.',
    tags: ['heart', '7', 'clinical'],
    serviceLevels: [
      { property: 'latency', value: '4', unit: 'd', element: 'patients', driver: 'regulatory' },
      { property: 'frequency', value: '1 to 2', unit: 'd' },
    ],
    support: [{ channel: '#hearts', url: 'https://example.org' }],
    columns: [
      ['id', { businessName: 'Number', classification: 'restricted', tags: ['pii'] }],
      ['__proto__', { tags: [] }],
    ],
  });
});

test('a team is the owner where no member is, in either form of it', () => {
  expect(readContractFacts('team: { name: the team, members: [] }').owner).toBe('the team');
  expect(readContractFacts('team: [{ username: ada, role: Data owner }]').owner).toBe('ada');
  expect(readContractFacts('team: [{ username: ada, role: reader }]').owner).toBeUndefined();
});

test('whatever else is in a file, there is an answer', () => {
  for (const text of [
    '',
    '7',
    '[1, 2]',
    'a: &x [*x]',
    'schema: {}\nteam: 3\ntags: {a: 1}\nslaProperties: x',
    '{{{',
  ])
    expect(readContractFacts(text)).toMatchObject({ tags: [], serviceLevels: [], support: [] });
});
