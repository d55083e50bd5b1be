/** How long a model takes for a row, learned from its calls; later ones count more. */
export interface Pace {
  /** Milliseconds. */
  msPerRow(): number;
  add(rows: number, milliseconds: number): void;
}

/** What the calls before a call count beside it: half of it is forgotten after 35 calls. */
const kept = 0.98;
/** Until the first call. */
const guess = 0.01;

export function openPace(): Pace {
  let rows = 1;
  let milliseconds = guess;
  return {
    msPerRow: () => milliseconds / rows,
    add: (more, took) => {
      rows = rows * kept + more;
      milliseconds = milliseconds * kept + took;
    },
  };
}
