import type { Failure, Result } from '../../base/index.ts';
import type { Judgement } from '../decision.ts';
import type { Identity } from '../event.ts';

/** Where teams are: GitHub. */
export interface Forge {
  /** Whether an account (`octocat`) is in a team (`organisation/team`). */
  isMember(team: string, account: string): Promise<Result<boolean, Failure>>;
}

export interface PromoterQuestion {
  readonly by: Identity;
  readonly stage: string;
  /** Users (`@name`), teams (`@organisation/team`) and addresses; empty for anybody. */
  readonly promoters: readonly string[];
  /** Only signed events count (`allowed-signers`), so that no other proof is enough. */
  readonly mustSign: boolean;
  readonly forge: Forge | undefined;
}

/** Whether somebody may change what stands in a stage. Who cannot prove who they are is never among the promoters. */
export async function judgePromoter(question: PromoterQuestion): Promise<Judgement> {
  const { by, stage, promoters, mustSign, forge } = question;
  if (mustSign && by.proof !== 'signature') {
    return open(`only what one of the allowed signers signs counts, and nothing is signed as ${by.name}`);
  }
  if (promoters.length === 0) {
    return { verdict: 'pass', because: `anybody may promote to ${stage}; it was ${shown(by)}` };
  }
  if (by.proof === 'nobody') {
    return open(
      `nobody vouches that it is ${by.name}: ${stage} has promoters, so sign (allowed-signers) or promote from CI`,
    );
  }
  const list = promoters.join(', ');
  if (promoters.some((promoter) => sameName(promoter, by.name))) {
    return { verdict: 'pass', because: `${shown(by)} is among the promoters of ${stage}` };
  }
  const teams = promoters.filter(isTeam);
  const unknown: string[] = [];
  if (by.name.startsWith('@')) {
    for (const team of teams) {
      if (forge === undefined) {
        unknown.push(`there is no forge to ask whether ${by.name} is in ${team}`);
        continue;
      }
      const member = await forge.isMember(team.slice(1), by.name.slice(1));
      if (!member.ok)
        unknown.push(`whether ${by.name} is in ${team} is not known: ${member.failure.message}`);
      else if (member.value) {
        return { verdict: 'pass', because: `${shown(by)} is in ${team}, which may promote to ${stage}` };
      }
    }
  }
  if (unknown.length > 0) return open(unknown.join('; '));
  return { verdict: 'fail', because: `${shown(by)} is not among the promoters of ${stage}: ${list}` };
}

/** Accounts and addresses differ by more than their case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** `@ada (signature)` */
export function shown({ name, proof }: Identity): string {
  return proof === 'nobody' ? `${name} (unproven)` : `${name} (${proof})`;
}

function isTeam(promoter: string): boolean {
  return promoter.startsWith('@') && promoter.includes('/');
}

function open(because: string): Judgement {
  return { verdict: 'inconclusive', because };
}
