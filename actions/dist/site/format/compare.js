export const compareFile = 'compare.json';
/** Of an artifact, in `CompareFile` and in names of files. */
export function shortName(digest) {
    return digest.slice(digest.indexOf(':') + 1, digest.indexOf(':') + 17);
}
export function artifactFile(kind, digest) {
    return `${kind}/${shortName(digest)}.json`;
}
/** Resamples and seed of differences that a page measures: the defaults of pipelines, so that numbers are those of records. */
export const pairing = { resamples: 1000, seed: 0 };
//# sourceMappingURL=compare.js.map