/** In `site dev`: the element of a page that says which state it was made of. */
export const stampName = 'trainyard-stamp';

/** In `site dev`, below the base: which state pages are made of now. */
export const stampPath = '@trainyard/stamp';
