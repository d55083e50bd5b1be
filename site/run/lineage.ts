import type { RunRecord } from '@format';
import { count, counted, shortDigest } from '@format';
import type { GraphBox, GraphEdge } from '@site/parts/graph/layered-layout.ts';
import type { VersionOfRun } from './related.ts';

/** A box of the lineage: what it is, in words, and where more of it is told. */
export interface LineageNode {
  readonly id: string;
  readonly kind: 'commit' | 'data' | 'parameters' | 'model' | 'version' | 'stage' | 'deployment';
  readonly title: string;
  readonly detail: string;
  readonly link?:
    | { readonly to: 'commit'; readonly commit: string }
    | { readonly to: 'dataset' | 'model' | 'section'; readonly name: string };
}

export interface Lineage {
  readonly nodes: ReadonlyMap<string, LineageNode>;
  readonly boxes: readonly GraphBox[];
  readonly edges: readonly GraphEdge[];
}

/** Commit, data and parameters -> model -> versions -> stages -> deployments; of those, what there is. */
export function lineageOf(run: RunRecord, versions: readonly VersionOfRun[]): Lineage {
  const nodes: LineageNode[] = [];
  const edges: GraphEdge[] = [];
  const made: string[] = [];
  const add = (node: LineageNode, ...from: readonly string[]): string => {
    nodes.push(node);
    for (const id of from) edges.push([id, node.id]);
    return node.id;
  };
  made.push(add(codeNode(run)));
  for (const [name, { fingerprint, rows }] of Object.entries(run.data)) {
    const detail = [
      rows === undefined ? undefined : counted(rows.total, 'row'),
      fingerprint === undefined ? 'not read' : shortDigest(fingerprint),
    ];
    made.push(
      add({
        id: `data ${name}`,
        kind: 'data',
        title: name,
        detail: detail.filter((each) => each !== undefined).join(', '),
        link: { to: 'dataset', name },
      }),
    );
  }
  const params = Object.keys(run.params).length;
  if (params > 0) {
    made.push(
      add({
        id: 'parameters',
        kind: 'parameters',
        title: counted(params, 'parameter'),
        detail: Object.keys(run.params).slice(0, 4).join(', '),
        link: { to: 'section', name: 'parameters' },
      }),
    );
  }
  if (run.model === undefined) return graphOf(nodes, edges);
  const model = add(
    {
      id: 'model',
      kind: 'model',
      title: run.model.step,
      detail: shortDigest(run.model.digest),
      link: { to: 'section', name: 'candidates' },
    },
    ...made,
  );
  for (const { model: name, facts, deployments } of versions) {
    const version = add(
      {
        id: `version ${name} ${facts.version}`,
        kind: 'version',
        title: `${name} ${facts.version}`,
        detail: facts.run === run.id ? 'registered from this run' : 'same bytes, another run',
        link: { to: 'model', name },
      },
      model,
    );
    for (const stage of facts.stages) {
      const stands = add(
        {
          id: `stage ${name} ${stage}`,
          kind: 'stage',
          title: stage,
          detail: 'stands here now',
          link: { to: 'model', name },
        },
        version,
      );
      for (const each of deployments) {
        if (each.stage !== stage || each.now?.version !== facts.version) continue;
        const detail =
          each.now.counter === undefined ? 'deployed' : `deployed as number ${count(each.now.counter)}`;
        add(
          { id: `deployment ${name} ${each.branch}`, kind: 'deployment', title: each.branch, detail },
          stands,
        );
      }
    }
    for (const { stage, branch, now } of deployments) {
      if (now?.version !== facts.version || facts.stages.includes(stage)) continue;
      const detail = `deployed, and not what stands in ${stage}`;
      add({ id: `deployment ${name} ${branch}`, kind: 'deployment', title: branch, detail }, version);
    }
  }
  return graphOf(nodes, edges);
}

function codeNode({ code }: RunRecord): LineageNode {
  if (code?.commit == null) {
    return {
      id: 'commit',
      kind: 'commit',
      title: code === null ? 'outside of Git' : 'before the first commit',
      detail: '',
    };
  }
  const dirty = code.dirty ? 'with uncommitted changes' : 'committed';
  return {
    id: 'commit',
    kind: 'commit',
    title: code.commit.slice(0, 7),
    detail: code.branch === undefined ? dirty : `${code.branch}, ${dirty}`,
    link: { to: 'commit', commit: code.commit },
  };
}

function graphOf(nodes: readonly LineageNode[], edges: readonly GraphEdge[]): Lineage {
  const boxes = nodes.map(({ id }) => ({ id, width: 208, height: 76 }));
  return { nodes: new Map(nodes.map((node) => [node.id, node])), boxes, edges };
}
