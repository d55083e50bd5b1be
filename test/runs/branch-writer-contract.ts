import { expect, test } from 'vitest';
import type { BranchWriter, NewFile } from '../../src/git/index.ts';

/** What a way to write to a branch of a remote is tried on. */
export interface WriterRig extends AsyncDisposable {
  /** A writer of its own: another machine. */
  writer(): Promise<BranchWriter>;
  /** Files of the branch with their contents, as the remote has them. */
  contents(): Promise<ReadonlyMap<string, string>>;
  /** From now on the remote lets nobody write. */
  refuse(): void;
}

const note = { message: 'Add', time: new Date('2026-11-21T03:15:00Z') };

function file(path: string, text: string): NewFile {
  return { path, bytes: Buffer.from(text) };
}

/** What every `BranchWriter` does. */
export function branchWriterContract(make: () => Promise<WriterRig>): void {
  test('makes the branch with its first files', async () => {
    await using rig = await make();
    const writer = await rig.writer();
    const grown = await writer.append([file('runs/a/1.json', '1'), file('runs/a/2.json', '2')], note);
    expect(grown).toMatchObject({ ok: true, value: { added: 2 } });
    expect(await rig.contents()).toEqual(
      new Map([
        ['runs/a/1.json', '1'],
        ['runs/a/2.json', '2'],
      ]),
    );
  });

  test('adds to what is there, and adds nothing twice', async () => {
    await using rig = await make();
    const [one, other] = [await rig.writer(), await rig.writer()];
    await one.append([file('a', '1')], note);
    expect(await other.append([file('a', '1'), file('folder/b', '2')], note)).toMatchObject({
      value: { added: 1 },
    });
    expect(await one.append([file('folder/b', '2')], note)).toMatchObject({ value: { added: 0 } });
    expect([...(await rig.contents()).keys()].sort()).toEqual(['a', 'folder/b']);
  });

  test('refuses other bytes for a path that is there, by its name, and then writes nothing', async () => {
    await using rig = await make();
    const writer = await rig.writer();
    await writer.append([file('a', '1')], note);
    const answer = await writer.append([file('a', 'edited'), file('b', '2')], note);
    expect(answer).toMatchObject({ ok: false, failure: { message: expect.stringContaining('a') } });
    expect(await rig.contents()).toEqual(new Map([['a', '1']]));
  });

  test('does nothing for no files', async () => {
    await using rig = await make();
    const writer = await rig.writer();
    expect(await writer.append([], note)).toMatchObject({ ok: true, value: { added: 0 } });
    expect(await rig.contents()).toEqual(new Map());
  });

  test('loses nothing of eight that write at once', async () => {
    await using rig = await make();
    const writers = await Promise.all(Array.from({ length: 8 }, () => rig.writer()));
    const answers = await Promise.all(
      writers.map((writer, i) => writer.append([file(`runs/${i}.json`, String(i))], note)),
    );
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect((await rig.contents()).size).toBe(8);
  });

  test('keeps names, contents and sizes as they are', async () => {
    await using rig = await make();
    const writer = await rig.writer();
    const large = 'x'.repeat(3 * 1024 * 1024);
    const files = [file('notes/größe ☂.json', 'ü\u2028\n'), file('large', large), file('empty', '')];
    expect(await writer.append(files, note)).toMatchObject({ value: { added: 3 } });
    expect(await rig.contents()).toEqual(
      new Map(files.map((f) => [f.path, Buffer.from(f.bytes).toString()])),
    );
  });

  test('says when it may not write', async () => {
    await using rig = await make();
    const writer = await rig.writer();
    rig.refuse();
    const answer = await writer.append([file('a', '1')], note);
    expect(answer).toMatchObject({ ok: false, failure: { kind: expect.stringMatching(/world|input/) } });
    expect(answer.ok || answer.failure.remedy).toBeTruthy();
  });
}
