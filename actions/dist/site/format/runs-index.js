export const runsManifestFile = 'runs/index.json';
/** Where the record of a run is, byte by byte as it is in Git; the same for archived runs. */
export function recordFile(pipeline, id) {
    return `runs/${pipeline}/${id.slice(0, 4)}/${id.slice(4, 6)}/${id.slice(6, 8)}/${id}.json`;
}
/**
 * Calls with each value that a column of a shard has, row by row; rows that have none are left out. For `kind: 'number'`
 * every value is a number; a column of scalars may have numbers, texts, booleans and `null`.
 */
export function eachValue(column, visit) {
    const { at } = column;
    if (column.kind === 'number') {
        for (let i = 0; i < column.values.length; i++) {
            const value = column.values[i];
            if (value !== null)
                visit(at === undefined ? i : at[i], value);
        }
        return;
    }
    for (let i = 0; i < column.places.length; i++) {
        const place = column.places[i];
        if (place >= 0)
            visit(at === undefined ? i : at[i], column.values[place]);
    }
}
/** The value of one row. */
export function shardValue(column, row) {
    if (column === undefined)
        return undefined;
    const i = column.at === undefined ? row : indexIn(column.at, row);
    if (i < 0)
        return undefined;
    if (column.kind === 'number')
        return column.values[i] ?? undefined;
    const place = column.places[i] ?? -1;
    return place < 0 ? undefined : column.values[place];
}
/** In ascending numbers; -1 when it is not there. */
function indexIn(sorted, wanted) {
    let low = 0;
    let high = sorted.length - 1;
    while (low <= high) {
        const middle = (low + high) >> 1;
        const value = sorted[middle];
        if (value === wanted)
            return middle;
        if (value < wanted)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return -1;
}
/** The shards, of those of a manifest, that a run could be in, by its time; archived ones last. */
export function shardsOf(manifest, id) {
    return [...manifest.shards, ...manifest.archived].filter(({ newest, oldest }) => id >= oldest && id <= newest);
}
//# sourceMappingURL=runs-index.js.map