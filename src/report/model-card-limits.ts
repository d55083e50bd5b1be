import { mainMetricOf } from '../evaluate/index.ts';
import type { RunRecord } from '../runs/index.ts';
import { modelOf } from '../runs/index.ts';
import type { Line } from './document.ts';
import { line, span } from './document.ts';
import type { ModelCardFacts } from './model-card-facts.ts';
import { fewestRows, markdownOf, openSlices } from './model-card-measured.ts';
import { counted, shownDifference, shownEstimate } from './numbers.ts';

/** Under so many held-out rows a metric is a rough figure, whatever its interval. */
const fewRows = 200;
/** And under so many of a class or other stratum. */
const fewOfAGroup = 50;

export function limitsSection(facts: ModelCardFacts): string {
  return markdownOf([{ kind: 'list', items: limitsOf(facts) }]);
}

/** The same as sentences. */
export function cardLimits(facts: ModelCardFacts): readonly string[] {
  return limitsOf(facts).map((item) => item.map((part) => part.text).join(''));
}

/** What a reader has to know before trusting the model, found in the record and written by nobody. */
function limitsOf(facts: ModelCardFacts): readonly Line[] {
  const { record } = facts;
  return [
    ...fewHeldOut(record),
    ...chosenByChance(record),
    ...smallSlices(facts),
    ...openVerdicts(facts),
    ...dataLimits(record),
    ...ageOfData(record),
    ...unknownMaking(record),
  ];
}

function fewHeldOut(record: RunRecord): readonly Line[] {
  const evaluation = modelOf(record)?.evaluation;
  const metric = mainMetricOf(record);
  const estimate = metric === undefined ? undefined : evaluation?.metrics[metric];
  if (evaluation === undefined || metric === undefined || estimate === undefined) {
    return [line('Nothing is known of how well it does.')];
  }
  if (evaluation.rows >= fewRows) return [];
  return [
    line(
      `It was measured on only ${counted(evaluation.rows, 'row')}: by them `,
      ...[
        span(metric, 'term'),
        ` may be anything between ${shownEstimate(estimate)
          .replace(/^.*\[|\]$/g, '')
          .replace(', ', ' and ')}.`,
      ],
    ),
  ];
}

/** The best of several on the rows that it was chosen by looks better than it is. */
function chosenByChance({ model }: RunRecord): readonly Line[] {
  const choice = model?.choice;
  if (choice === undefined || choice.among < 2) return [];
  const { runnerUp, metric } = choice;
  const chosen = line(
    `It was chosen among ${choice.among} candidates by its `,
    span(metric, 'term'),
    ' on these same rows, so that figure flatters it.',
  );
  if (runnerUp === undefined || !runnerUp.difference.noise) return [chosen];
  return [
    chosen,
    line(
      ...['The next best, ', span(runnerUp.step, 'term'), ', cannot be told from it by these rows: '],
      ...[span(metric, 'term'), ` differs by ${shownDifference(runnerUp.difference.difference)}.`],
    ),
  ];
}

function smallSlices(facts: ModelCardFacts): readonly Line[] {
  return openSlices(facts)
    .filter(({ rows }) => rows < fewestRows)
    .map(({ column, value, rows }) =>
      line(
        ...['How it does where ', span(column, 'term'), ' is ', span(value, 'term'), ' is not known: '],
        `${counted(rows, 'row')} ${rows === 1 ? 'was' : 'were'} held out.`,
      ),
    );
}

function openVerdicts({ record, personal }: ModelCardFacts): readonly Line[] {
  return (record.gates?.results ?? [])
    .filter(
      ({ verdict, gate }) => verdict === 'inconclusive' && !('slice' in gate && personal.has(gate.slice)),
    )
    .map(({ reason }) => line(`A gate could not be judged: ${reason}.`));
}

function dataLimits({ data }: RunRecord): readonly Line[] {
  return Object.entries(data).flatMap(([name, { rows, contract, checks, strata }]) => {
    const broken = (checks?.checks ?? []).filter(({ verdict }) => verdict !== 'pass').length;
    const smallest = strata.toSorted((a, b) => a.heldOut - b.heldOut)[0];
    return [
      ...(contract === undefined || checks === undefined
        ? [line('The data ', span(name, 'term'), ' were checked against no contract.')]
        : []),
      ...(broken === 0
        ? []
        : [
            line(
              `${counted(broken, 'check')} of the contract of `,
              span(name, 'term'),
              ' did not hold or could not be made.',
            ),
          ]),
      ...(smallest !== undefined && rows !== undefined && smallest.heldOut < fewOfAGroup
        ? [
            line(
              ...['Of the rarest group of ', span(name, 'term'), ', ', span(String(smallest.value), 'term')],
              `, only ${counted(smallest.heldOut, 'row')} ${smallest.heldOut === 1 ? 'was' : 'were'} held out.`,
            ),
          ]
        : []),
    ];
  });
}

function ageOfData({ startedAt }: RunRecord): readonly Line[] {
  return [
    line(`Its data were read on ${startedAt.slice(0, 10)}: what has changed since then, it does not know.`),
  ];
}

function unknownMaking(record: RunRecord): readonly Line[] {
  const step = record.model?.step;
  const training = modelOf(record)?.training;
  if (step === undefined || training !== undefined) return [];
  return [
    line(
      'It was trained by a command, ',
      span(step, 'term'),
      ': how is told by the code at its commit alone.',
    ),
  ];
}
