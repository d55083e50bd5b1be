import type { Verdict } from '../../../base/index.ts';
import type { Block, Line } from '../../document.ts';
import { joined, line, span } from '../../document.ts';
import { counted } from '../../numbers.ts';
import type { PullReport, ReportedBaseline, ReportedContract, ReportedMetric } from '../pull-report.ts';
import {
  decimalsOfMetric,
  endingWord,
  markOf,
  readingWord,
  runName,
  shownChange,
  shownNumber,
  shownText,
  term,
} from './words.ts';

/** The verdict, before anything else: what became of the run, its main number, and how many gates hold. */
export function opening(report: PullReport, unverified: boolean): readonly Block[] {
  const { head, pipeline } = report;
  const ending = endingWord(head);
  // Nobody shall read a stranger's green mark for ours.
  const mark = markOf(unverified && ending === 'pass' ? 'inconclusive' : ending);
  const title = `${mark} ${shownText(pipeline, 64)}: ${ending}${unverified ? ', not verified' : ''}`;
  return [
    { kind: 'heading', level: 3, text: title },
    ...(unverified ? [unverifiedNote()] : []),
    { kind: 'paragraph', line: stoppedLine(report) ?? [...mainLine(report), ...gatesLine(report)] },
    { kind: 'paragraph', line: baselineLine(report.base) },
  ];
}

/** What a reader must know before believing a number. */
function unverifiedNote(): Block {
  return {
    kind: 'paragraph',
    line: line(
      span('Not verified:', 'strong'),
      ' these numbers come from the fork, measured by its own code. They are recorded nowhere, and no model of it can be promoted.',
    ),
  };
}

/** Why there is no model to speak of, where the run stopped on its way to one. */
function stoppedLine({ head, model, gates, data, steps }: PullReport): Line | undefined {
  if (model?.head !== undefined || gates.length > 0 || head.status === 'succeeded') return undefined;
  const then = ', so the run stopped: there is no model, and no gate was judged.';
  const broken = data.filter(({ contract }) => brokenChecks(contract) > 0);
  if (broken.length > 0) {
    const checks = broken.reduce((sum, { contract }) => sum + brokenChecks(contract), 0);
    const names = broken.slice(0, 5).map(({ dataset }) => line(term(dataset)));
    return [
      ...line(
        span(`${counted(checks, 'check')} of the contract ${checks === 1 ? 'fails' : 'fail'}`, 'bad'),
        ' in ',
      ),
      ...joined(names, ', '),
      ...line(then),
    ];
  }
  const failing = steps.find(({ status }) => status === 'failed' || status === 'rejected');
  if (failing === undefined) return undefined;
  const how = failing.status === 'failed' ? 'failed' : 'said no';
  return line('Step ', term(failing.id), ' ', span(how, 'bad'), then);
}

function brokenChecks(contract: ReportedContract | undefined): number {
  return (contract?.broken ?? []).filter(
    ({ verdict, severity }) => verdict === 'fail' && severity === 'error',
  ).length;
}

function mainLine({ metrics, mainMetric, model }: PullReport): Line {
  const metric = metrics.find((each) => each.metric === mainMetric);
  if (metric?.head === undefined) return line(model?.head === undefined ? 'There is no model. ' : '');
  const decimals = decimalsOfMetric(metric);
  const now = shownNumber(metric.head, decimals);
  const shown =
    metric.base === undefined || metric.reading === 'same'
      ? now
      : `${shownNumber(metric.base, decimals)} → ${now}`;
  return line(term(metric.metric), ' ', span(shown, 'strong'), ...mainReading(metric, decimals), '. ');
}

function mainReading(metric: ReportedMetric, decimals: number): Line {
  switch (metric.reading) {
    case undefined:
      return line('');
    case 'same':
      return line(', from the same model on the same rows as before');
    case 'noise':
      return line(
        ', ',
        shownChange(metric.difference, decimals),
        ': ',
        ...readingWord(metric),
        ', could be chance',
      );
    default:
      return line(', ', shownChange(metric.difference, decimals), ': ', ...readingWord(metric));
  }
}

function gatesLine({ gates, head }: PullReport): Line {
  const judged = gates.filter(({ removed }) => removed !== true);
  if (judged.length === 0) {
    return line(head.status === 'succeeded' ? 'No gates are declared.' : 'The run stopped before its gates.');
  }
  const of = (verdict: Verdict): number => judged.filter((gate) => gate.verdict === verdict).length;
  const [failing, open, holding] = [of('fail'), of('inconclusive'), of('pass')];
  const parts = [
    ...(failing === 0
      ? []
      : [line(span(`${counted(failing, 'gate')} ${failing === 1 ? 'fails' : 'fail'}`, 'bad'))]),
    ...(open === 0 ? [] : [line(span(`${counted(open, 'gate')} cannot be judged`, 'doubtful'))]),
    ...(holding === 0 ? [] : [line(`${counted(holding, 'gate')} ${holding === 1 ? 'holds' : 'hold'}`)]),
  ];
  return [...joined(parts, ', '), ...line('.')];
}

function baselineLine(base: ReportedBaseline): Line {
  switch (base.kind) {
    case 'record': {
      const where =
        base.behind === 0
          ? line(', at the merge base with ', term(base.target), '.')
          : line(`, ${counted(base.behind, 'commit')} before the merge base with `, term(base.target), '.');
      return [...line('Baseline: run '), ...runName(base.run), ...where];
    }
    case 're-evaluated':
      return [
        ...line('Baseline: the model of ', term(base.target), ' (run '),
        ...runName(base.run),
        ...line(`), run again on the held-out rows of this branch, because ${shownText(base.because, 300)}.`),
      ];
    case 'none':
      return line(span('No baseline:', 'strong'), ` ${shownText(base.because, 400)}.`);
  }
}

/** All there is to say when nothing changed. */
export function nothingChanged({ head, pipeline, base }: PullReport): readonly Block[] {
  const ending = endingWord(head);
  const against = base.kind === 'none' ? line('') : line(' since run ', ...runName(base.run));
  return [
    {
      kind: 'paragraph',
      line: line(
        `${markOf(ending)} `,
        span(`${shownText(pipeline, 64)}: ${ending}`, 'strong'),
        ', nothing changed',
        ...against,
        '.',
      ),
    },
  ];
}
