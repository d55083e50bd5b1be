import { renderMarkdown } from '../../render-markdown.ts';
import type { PullReport } from '../pull-report.ts';
import { dataSection, featuresSection, modelSection, paramsSection } from './change-sections.ts';
import type { Addresses } from './closing.ts';
import { closing, notesSection } from './closing.ts';
import {
  candidatesSection,
  curvesSection,
  failedStepsSection,
  slicesSection,
  stepsSection,
} from './detail-sections.ts';
import { fitSections } from './fit.ts';
import { contractSection, gatesSection, metricsSection, otherMetricsSection } from './judged-sections.ts';
import { reportMarker } from './marker.ts';
import { nothingChanged, opening } from './opening.ts';

export interface PullReportMarkdownOptions extends Addresses {
  /** The report comes from a fork: its numbers are what somebody says. */
  readonly unverified?: boolean;
  /** Most characters. GitHub takes 65,536. Default 60,000. */
  readonly budget?: number;
}

/**
 * The comment of a pull request: a hidden marker, then the verdict, then what a reviewer needs in a minute, then folded
 * what few need. One line when nothing changed. Everything in the report is taken for hostile; sections go whole, and
 * that is said, where there is no room for them.
 */
export function pullReportMarkdown(report: PullReport, options: PullReportMarkdownOptions = {}): string {
  const { unverified = false, budget = 60_000 } = options;
  const marker = `${reportMarker(report.pipeline)}\n`;
  if (!report.changed) return `${marker}${renderMarkdown(nothingChanged(report))}`;
  const sections = [
    { name: 'Verdict', rank: 0, blocks: opening(report, unverified) },
    ...gatesSection(report),
    ...contractSection(report),
    ...metricsSection(report),
    ...paramsSection(report),
    ...featuresSection(report),
    ...dataSection(report),
    ...modelSection(report),
    ...failedStepsSection(report),
    ...notesSection(report),
    ...slicesSection(report),
    ...candidatesSection(report),
    ...otherMetricsSection(report),
    ...curvesSection(report),
    ...stepsSection(report),
  ];
  const text = fitSections(sections, {
    budget: budget - marker.length,
    ending: closing(report, options),
    ...(options.summaryUrl === undefined ? {} : { summaryUrl: options.summaryUrl }),
  });
  return `${marker}${text}`;
}
