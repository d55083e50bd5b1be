/** Rows of one question to the model: large enough that asking costs nothing, small enough for the caches. */
export const batchRows = 16_384;
