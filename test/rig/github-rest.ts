import type { Answer, World } from './github-api.ts';

/** A call of the REST API: the schema of its body follows GitHub's description of the Git database. */
export interface RestCall {
  readonly path: string;
  readonly body: object;
  readonly answer: (world: World, body: Readonly<Record<string, string>>) => Promise<Answer>;
}

const sha = { type: 'string', pattern: '^[0-9a-f]{40}$' };

/** https://docs.github.com/en/rest/git */
export const restCalls: readonly RestCall[] = [
  {
    path: '/git/blobs',
    body: {
      type: 'object',
      required: ['content'],
      additionalProperties: false,
      properties: { content: { type: 'string' }, encoding: { enum: ['utf-8', 'base64'] } },
    },
    answer: async ({ git }, { content, encoding }) => {
      if (await isEmpty(git)) return emptyRepository;
      const bytes = Buffer.from(content!, encoding === 'base64' ? 'base64' : 'utf8');
      return { status: 201, body: { sha: await git.run(['hash-object', '-w', '--stdin'], bytes) } };
    },
  },
  {
    path: '/git/trees',
    body: {
      type: 'object',
      required: ['tree'],
      additionalProperties: false,
      properties: {
        base_tree: sha,
        tree: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['path', 'mode', 'type'],
            additionalProperties: false,
            oneOf: [{ required: ['content'] }, { required: ['sha'] }],
            properties: {
              path: { type: 'string', minLength: 1 },
              mode: { enum: ['100644', '100755', '040000', '160000', '120000'] },
              type: { enum: ['blob', 'tree', 'commit'] },
              content: { type: 'string' },
              sha,
            },
          },
        },
      },
    },
    answer: async ({ git }, body) => {
      if (await isEmpty(git)) return emptyRepository;
      await git.run(['read-tree', '--empty']);
      for (const entry of body['tree'] as unknown as readonly {
        path: string;
        mode: string;
        content?: string;
        sha?: string;
      }[]) {
        const blob = entry.sha ?? (await git.run(['hash-object', '-w', '--stdin'], entry.content));
        await git.run(['update-index', '--add', '--cacheinfo', `${entry.mode},${blob},${entry.path}`]);
      }
      return { status: 201, body: { sha: await git.run(['write-tree']) } };
    },
  },
  {
    path: '/git/commits',
    body: {
      type: 'object',
      required: ['message', 'tree'],
      additionalProperties: false,
      properties: {
        message: { type: 'string', minLength: 1 },
        tree: sha,
        parents: { type: 'array', items: sha },
      },
    },
    answer: async ({ git }, { message, tree, parents }) => {
      const above = (parents as unknown as readonly string[]).flatMap((parent) => ['-p', parent]);
      return { status: 201, body: { sha: await git.run(['commit-tree', tree!, ...above], message) } };
    },
  },
  {
    path: '/git/refs',
    body: {
      type: 'object',
      required: ['ref', 'sha'],
      additionalProperties: false,
      properties: { ref: { type: 'string', pattern: '^refs/[^/]+/.+' }, sha },
    },
    answer: async ({ git }, { ref, sha: to }) => {
      const made = await git.run(['update-ref', ref!, to!, '0'.repeat(40)]).then(
        () => true,
        () => false,
      );
      return made
        ? { status: 201, body: { ref, object: { sha: to } } }
        : { status: 422, body: { message: 'Reference already exists' } };
    },
  },
];

const emptyRepository: Answer = { status: 409, body: { message: 'Git Repository is empty.' } };

async function isEmpty(git: World['git']): Promise<boolean> {
  return (await git.run(['for-each-ref', '--count=1'])) === '';
}
