import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile, seededRandom } from '../../src/base/index.ts';
import type { ColumnContract } from '../../src/contract/index.ts';
import type { WebExportReport } from '../../src/embed/index.ts';
import type { Row, RowAnswer, ServableManifest } from '../../src/servable/index.ts';
import { Repository } from '../rig/repository.ts';
import { openBrowser, openFolder } from './page.ts';

type Served = Pick<
  RowAnswer & { probabilities: Record<string, number>; label: unknown },
  'label' | 'probabilities'
>;

let browser: Browser;
let repository: Repository;
let web: string;
let manifest: ServableManifest;
let server: { readonly url: string; stop(): Promise<void> };

beforeAll(async () => {
  browser = await openBrowser();
  repository = Repository.withHeartDisease();
  await repository.trainyard('run', 'heart-disease');
  web = join(repository.folder, 'web');
  const exported = await repository.trainyard(
    'export',
    'run:latest',
    '--to',
    'web',
    '--output',
    'web',
    '--json',
  );
  expect(exported.code, exported.stderr).toBe(0);
  const { files, module } = JSON.parse(exported.stdout) as WebExportReport;
  expect(module).toBe('heart-disease.js');
  expect(files.filter(({ path }) => path.endsWith('.wasm'))).toHaveLength(1);
  server = await serve();
  const servables = join(repository.folder, '.trainyard/servables/heart-disease');
  const { readdirSync, readFileSync } = await import('node:fs');
  manifest = JSON.parse(
    readFileSync(join(servables, readdirSync(servables)[0]!, 'model.json'), 'utf8'),
  ) as ServableManifest;
  // A page of a user: it imports the module and lends it to the test.
  await writeFile(join(web, 'user.html'), '<!doctype html><script type="module" src="user.js"></script>');
  await writeFile(
    join(web, 'user.js'),
    "import * as model from './heart-disease.js'; globalThis.opened = model.load().then((loaded) => ({ ...loaded, ...model }));",
  );
});
afterAll(async () => {
  await server?.stop();
  await browser?.close();
  repository?.[Symbol.dispose]();
});

async function serve(): Promise<typeof server> {
  const main = packageFile('dist/bin/trainyard.js').pathname;
  const child = spawn(process.execPath, [main, 'serve', 'run:latest', '--port', '0', '--json'], {
    cwd: repository.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const bytes of child.stdout) {
    said += String(bytes);
    const url = /"url": ?"([^"]+)"/.exec(said)?.[1];
    if (url !== undefined) {
      return {
        url,
        stop: async () => {
          child.kill('SIGTERM');
          if (child.exitCode === null) await once(child, 'exit');
        },
      };
    }
  }
  throw new Error(`the server did not start: ${said}`);
}

async function ask(
  rows: readonly unknown[],
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/predict/heart-disease`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rows),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function randomRows(count: number): readonly Row[] {
  const random = seededRandom(20_261_121);
  const value = ({ type, enum: allowed, minimum = 0, maximum = 10 }: ColumnContract): Row[string] => {
    if (allowed !== undefined) return allowed[Math.floor(random() * allowed.length)]!;
    if (type === 'integer') return Math.round(minimum + random() * (maximum - minimum));
    return type === 'number'
      ? minimum + random() * (maximum - minimum)
      : `P${100 + Math.floor(random() * 900)}`;
  };
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      manifest.columns.flatMap((column) =>
        !column.required && random() < 0.3 ? [] : [[column.name, value(column)] as const],
      ),
    ),
  );
}

describe('a model in a page', () => {
  it('S4: answers all golden rows and 200 random ones as the server does, to 1e-6, under a strict policy', async () => {
    await using opened = await openFolder(browser, web, { file: 'user.html' });
    const rows = [...manifest.golden.map(({ row }) => row), ...randomRows(200)];
    const inPage = (await opened.page.evaluate(
      async (asked) =>
        (
          await (globalThis as unknown as { opened: Promise<{ predictMany(rows: unknown): unknown }> }).opened
        ).predictMany(asked),
      rows,
    )) as readonly Served[];
    const { status, body } = await ask(rows);
    expect(status).toBe(200);
    const served = (
      Array.isArray(body) ? body : (body['predictions'] ?? body['answers'])
    ) as readonly Served[];
    expect(served).toHaveLength(rows.length);
    let most = 0;
    for (const [i, { label, probabilities }] of served.entries()) {
      expect(inPage[i]!.label).toEqual(label);
      for (const [name, probability] of Object.entries(probabilities))
        most = Math.max(most, Math.abs(inPage[i]!.probabilities[name]! - probability));
    }
    process.stdout.write(
      `page against server: ${rows.length} rows, largest difference ${most.toExponential(1)}\n`,
    );
    expect(most).toBeLessThanOrEqual(1e-6);
    expect(opened.complaints).toEqual([]);
  });

  it('S4, D1: refuses bad rows for the reasons that the server gives', async () => {
    await using opened = await openFolder(browser, web, { file: 'user.html' });
    const good = manifest.golden[0]!.row;
    const bad: readonly unknown[] = [
      { ...good, age: 7 },
      { ...good, age: 'old', sex: 'other', unknown: 1 },
      { ...good, chol: null },
      {},
      { ...good, oldpeak: 1e9, ca: 1.5 },
      { ...good, patient_id: 'x' },
      null,
      [],
    ];
    const inPage = (await opened.page.evaluate(async (rows) => {
      const { opened: module } = globalThis as unknown as {
        opened: Promise<{ predict(row: unknown): Promise<unknown> }>;
      };
      const model = await module;
      return Promise.all(
        rows.map((row) =>
          model.predict(row).then(
            () => [],
            (error: { problems: unknown }) => error.problems,
          ),
        ),
      );
    }, bad)) as readonly (readonly { row: number }[])[];
    for (const [i, row] of bad.entries()) {
      const { status, body } = await ask([row]);
      expect(status).toBe(422);
      const problems = (body['problems'] ??
        (body['error'] as Record<string, unknown>)['problems']) as readonly { row: number }[];
      expect(inPage[i]).toEqual(problems);
    }
    expect(opened.complaints).toEqual([]);
  });

  it('S4: refuses a model that is not the one that was exported', async () => {
    const other = join(repository.folder, 'other');
    expect(
      (await repository.trainyard('export', 'run:latest', '--to', 'web', '--output', 'other')).code,
    ).toBe(0);
    const bytes = await readFile(join(other, 'model.onnx'));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(join(other, 'model.onnx'), bytes);
    await using opened = await openFolder(browser, other);
    await opened.page.waitForSelector('output .problem');
    expect(await opened.page.locator('output').innerText()).toContain('not the file that was exported');
  });

  it('S4: the example page asks, answers, and says what is wrong beside the field', async () => {
    await using opened = await openFolder(browser, web);
    const { page, complaints } = opened;
    await page.waitForSelector('output strong');
    expect(await page.locator('output strong').innerText()).toMatch(/^diagnosis: [01]$/);
    await page.fill('[name=age]', '7');
    await page.click('button');
    await page.waitForSelector('[data-column=age] .problem');
    expect(await page.locator('[data-column=age] .problem').innerText()).toBe('Expected >= 18.');
    await page.fill('[name=age]', '60');
    await page.click('button');
    await page.waitForSelector('output strong');
    expect(await page.locator('.problem').count()).toBe(0);
    const shots = process.env['TRAINYARD_SCREENSHOTS'];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      if (shots !== undefined)
        await page.screenshot({ path: join(shots, `example-${colorScheme}.png`), fullPage: true });
    }
    expect(complaints).toEqual([]);
  });

  it('S4: has types by which TypeScript accepts good rows and refuses bad ones', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-types-'));
    const good = JSON.stringify(manifest.golden[0]!.row);
    const errorsOf = (code: string): readonly string[] => {
      const file = join(folder, 'user.ts');
      writeFileSync(
        file,
        `import { InvalidRowError, load, predict } from '${web}/heart-disease.js';\n${code}\n`,
      );
      const program = ts.createProgram([file], {
        strict: true,
        noEmit: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        types: [],
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      });
      return ts
        .getPreEmitDiagnostics(program)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    };
    const use = `const answer = await predict(${good});
      const label: 0 | 1 = answer.label; const sure: number = answer.probabilities['1'];
      const model = await load(); model.check({}).map(({ rule, expected }) => rule + expected);
      await model.predictMany([{ ...${good}, ca: null, thal: null }]);
      try { await model.close(); } catch (error) { if (error instanceof InvalidRowError) error.problems[0]?.row.toFixed(); }
      export { label, sure };`;
    expect(errorsOf(use)).toEqual([]);
    expect(errorsOf(`await predict({ ...${good}, sex: 'other' }); export {};`).join()).toContain(
      '"female" | "male"',
    );
    expect(errorsOf(`await predict({ ...${good}, age: undefined }); export {};`).join()).toContain(
      "'undefined'",
    );
    expect(errorsOf(`await predict({ ...${good}, agee: 1 }); export {};`).join()).toContain('agee');
    rmSync(folder, { recursive: true });
  });

  it('leaves a folder alone that no export made', async () => {
    const taken = join(repository.folder, 'taken');
    await mkdir(taken);
    await writeFile(join(taken, 'thesis.txt'), 'my only copy');
    const answer = await repository.trainyard('export', 'run:latest', '--to', 'web', '--output', 'taken');
    expect([answer.code, answer.stderr.includes('taken')]).toEqual([2, true]);
    expect(await readFile(join(taken, 'thesis.txt'), 'utf8')).toBe('my only copy');
  });
});
