import type { WebModel } from '../../embed/index.ts';
import { openModel } from '../../embed/index.ts';
import type { TriedRow, TryFile, TryQuestion, TryReply, TryUrls } from '../format/index.ts';
import { answerCsv } from '../try-it/answer-csv.ts';

/**
 * Runs a model for the page, with the code of the server around ONNX Runtime. It reads three files of the site (the
 * runtime's module and program, the model) and asks nobody anything else: rows come from the page and go nowhere.
 */
interface Scope {
  onmessage: ((event: { readonly data: TryQuestion }) => void) | null;
  postMessage(reply: TryReply): void;
}

interface Opened {
  readonly model: WebModel;
  readonly tried: TryFile;
}

const scope = globalThis as unknown as Scope;
let opened: Promise<Opened> | undefined;

/** Questions about files that nobody wants answered any more. */
const stopped = new Set<number>();

scope.onmessage = ({ data }) => {
  if (data.ask === 'stop') return void stopped.add(data.id);
  void reply(data).then((said) => scope.postMessage(said));
};

async function reply(question: Exclude<TryQuestion, { readonly ask: 'stop' }>): Promise<TryReply> {
  const { id } = question;
  try {
    if (question.ask === 'load') {
      opened = open(question.tried, question.urls);
      await opened;
      return { id, is: 'loaded' };
    }
    if (opened === undefined) return { id, is: 'problem', problem: 'The model is not loaded.' };
    const { model, tried } = await opened;
    const answer = (rows: readonly unknown[]): Promise<readonly TriedRow[]> => answerEach(model, rows);
    if (question.ask === 'rows') return { id, is: 'rows', answers: await answer(question.rows) };
    const columns = tried.description.columns;
    const text = typeof question.text === 'string' ? question.text : await question.text.text();
    const goOn = async (done: number, total: number): Promise<boolean> => {
      scope.postMessage({ id, is: 'progress', done, total });
      // A turn for messages: somebody may have stopped it.
      await new Promise((resolve) => setTimeout(resolve));
      return !stopped.delete(id);
    };
    return { id, is: 'csv', batch: await answerCsv(text, { columns, answer, goOn }) };
  } catch (error) {
    return { id, is: 'problem', problem: error instanceof Error ? error.message : String(error) };
  }
}

async function open(tried: TryFile, urls: TryUrls): Promise<Opened> {
  const runtime = (await import(urls.module)) as Parameters<typeof openModel>[0]['runtime'];
  const model = await openModel({
    description: tried.description,
    runtime,
    base: new URL(urls.folder),
    program: urls.program,
  });
  return { model, tried };
}

/** One call of the model for all rows that keep the contract. */
async function answerEach(model: WebModel, rows: readonly unknown[]): Promise<readonly TriedRow[]> {
  const problems = rows.map((row) => model.check(row));
  const good = rows.filter((_, i) => problems[i]!.length === 0);
  const answers = good.length === 0 ? [] : await model.predictMany(good);
  let next = 0;
  return problems.map((found) => (found.length > 0 ? { problems: found } : { answer: answers[next++]! }));
}
