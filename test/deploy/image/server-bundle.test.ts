import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { packageFile } from '../../../src/base/index.ts';
import { startServerProcess } from '../../serve/workers/server-process.ts';
import { timesModel } from './models.ts';

/** A service on loopback that says yes to everything; what it was asked. */
async function yesService() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${new URL(request.url!, 'http://x').pathname}`);
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it('the bundled server has every part that a setting can ask for: processes, tokens, metrics, traces, Parquet, S3 (S1, S9)', async () => {
  await using service = await yesService();
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-bundle-'));
  const model = await timesModel('times', 2);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const issuer = 'https://login.example.org/';
  writeFileSync(
    join(folder, 'jwks.json'),
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: '1' }] }),
  );
  writeFileSync(
    join(folder, 'access.yaml'),
    `version: 1
tokens:
  - issuer: ${issuer}
    jwks: jwks.json
    audience: predictions
    algorithms: [ES256]
    grants:
      - { when: { scope: predict }, may: [predict, metrics] }
`,
  );
  const token = await new SignJWT({ scope: 'predict', sub: 'shop' })
    .setProtectedHeader({ alg: 'ES256', kid: '1' })
    .setIssuer(issuer)
    .setAudience('predictions')
    .setExpirationTime('5m')
    .sign(privateKey);
  const settings = {
    TRAINYARD_PLAN: model.versions[0]!.folder,
    TRAINYARD_ACCESS: join(folder, 'access.yaml'),
    OTEL_EXPORTER_OTLP_ENDPOINT: service.url,
    AWS_ENDPOINT_URL_S3: service.url,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    TRAINYARD_LOG_SPOOL: join(folder, 'spool'),
  };
  for (const [log, workers] of [
    [`file:${join(folder, 'log')}`, '2'],
    ['s3://bucket/predictions', '1'],
  ] as const) {
    await using server = await startServerProcess(
      { ...settings, TRAINYARD_LOG: log, TRAINYARD_WORKERS: workers },
      packageFile('dist/server/server.mjs'),
    );
    const ask = async (path: string, authorization: string, body?: string) => {
      const method = body === undefined ? {} : { method: 'POST', body };
      const headers = { 'content-type': 'application/json', authorization };
      const answer = await fetch(`${server.url}${path}`, { ...method, headers });
      return { status: answer.status, text: await answer.text() };
    };
    expect(server.first).toMatchObject({ event: 'started', refused: [] });
    const row = '{"age":21}';
    expect((await ask('/predict/times', 'Bearer nobody', row)).status).toBe(401);
    const answered = await ask('/predict/times', `Bearer ${token}`, row);
    expect([answered.status, JSON.parse(answered.text)]).toMatchObject([200, { prediction: { value: 42 } }]);
    const metrics = await ask('/metrics', `Bearer ${token}`);
    expect(metrics.text).toContain('trainyard_');
    const rejected = await ask('/predict/times', `Bearer ${token}`, '{"age":-1}');
    expect(rejected.status).toBe(422);
  }
  const kept = readdirSync(join(folder, 'log'), { recursive: true, encoding: 'utf8' });
  expect(kept.filter((file) => file.endsWith('.parquet')).length).toBeGreaterThan(0);
  expect(service.asked).toContain('POST /v1/traces');
  expect(service.asked.filter((line) => line.startsWith('PUT /bucket/predictions/')).length).toBeGreaterThan(
    0,
  );
});
