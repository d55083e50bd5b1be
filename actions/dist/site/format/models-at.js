import { stateAt } from "../../registry/state-at.js";
export function stagesAt({ name, events, stages }, at) {
    const known = new Map(events.map((event) => [event.tag, event]));
    const past = stateAt({ model: name, events: events.map(tagged) }, at);
    return {
        at,
        stages: stages.map(({ name: stage }) => {
            const tag = past.stages[stage]?.tag;
            const there = tag === undefined ? undefined : known.get(tag);
            return { stage, ...(there?.kind === 'assign' ? { there } : {}) };
        }),
        events: past.events.length,
        doubts: past.doubts,
    };
}
function tagged({ tag, id, commit, ...event }) {
    return { tag, id, commit, event: event };
}
/**
 * The history of every stage as spans, in the order of the registry. Where a clock ran backwards, the moment is put at
 * the latest one so far: spans never overlap.
 */
export function spansOf({ events }) {
    const open = new Map();
    const spans = [];
    // A moment that no clock has, such as a leap second, is put at the first that is known.
    let latest = events.map(({ at }) => Date.parse(at)).find((time) => !Number.isNaN(time)) ?? 0;
    const close = (stage, ended) => {
        const span = open.get(stage);
        if (span !== undefined)
            spans.push({ ...span, to: latest, ended });
        open.delete(stage);
    };
    for (const event of events) {
        const time = Date.parse(event.at);
        if (!Number.isNaN(time))
            latest = Math.max(latest, time);
        if (event.kind === 'assign') {
            close(event.stage, event);
            open.set(event.stage, { stage: event.stage, version: event.name, from: latest, by: event });
        }
        else if (event.kind === 'unassign' && event.cause === 'withdrawn')
            close(event.stage, event);
    }
    return [...spans, ...open.values()].sort((a, b) => a.from - b.from);
}
//# sourceMappingURL=models-at.js.map