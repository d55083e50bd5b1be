/**
 * What of the output that a page shows is not in the real one. A page may leave lines out (`…` alone on a line, or simply) and
 * ends of lines (`…`); ids, digests, dates and numbers may be others. What is shown must come in the same order.
 */
export function missingIn(real: string, shown: readonly string[]): readonly string[] {
  const lines = real.split('\n').map(plain);
  let at = 0;
  return shown.filter((line) => {
    if (/^\s*(…|\.\.\.)?\s*$/.test(line)) return false;
    const pattern = new RegExp(`^${plain(line).split('…').map(escaped).join('.*')}$`, 'u');
    const found = lines.findIndex((each, index) => index >= at && pattern.test(each));
    if (found === -1) return true;
    at = found + 1;
    return false;
  });
}

function plain(line: string): string {
  return line
    .replace(/\d{8}-\d{6}-[0-9a-f]{8}/g, '<id>')
    .replace(/\b[0-9a-f]{7,64}\b/g, '<hex>')
    .replace(/\b[0-9a-f]{7,64}…/g, '<hex>…')
    .replace(/[-+]?\d+(\.\d+)?(e-?\d+)?/g, '<n>')
    .replace(/\s+/g, ' ')
    .trim();
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
