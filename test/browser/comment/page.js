// Draws the diagrams of the comment in place of their sources, as GitHub does, and tells how it went.
const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'default';
mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', theme });

globalThis.drawn = (async () => {
  const drawings = [];
  for (const code of document.querySelectorAll('pre > code.language-mermaid')) {
    try {
      const { svg } = await mermaid.render(`diagram-${drawings.length}`, code.textContent);
      const figure = document.createElement('div');
      figure.className = 'diagram';
      figure.innerHTML = svg;
      code.parentElement.replaceWith(figure);
      drawings.push({ problem: null });
    } catch (error) {
      drawings.push({ problem: String(error) });
    }
  }
  return drawings;
})();

/** What a test asks of the page; elements are told by their names, texts as they are read. */
globalThis.inspect = () => {
  const comment = document.querySelector('.markdown-body');
  const all = (selector) => [...comment.querySelectorAll(selector)];
  const written = all('*').filter((element) => element.closest('svg') === null);
  const names = (list) => [...new Set(list)].sort();
  const texts = [];
  const walker = document.createTreeWalker(comment, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    if (node.parentElement.closest('pre, code, a, svg') === null) texts.push(node.data);
  }
  const { right } = comment.getBoundingClientRect();
  const scrolls = (element) => element.closest('table, pre') !== null;
  return {
    elements: names(written.map(({ localName }) => localName)),
    attributes: names(
      written.flatMap((element) => element.getAttributeNames().map((name) => `${element.localName} ${name}`)),
    ),
    links: all('a').map(({ href }) => href),
    drawnElements: names(all('svg *').map(({ localName }) => localName)),
    drawnLinks: all('svg [href], svg [*|href], svg [onclick], svg [onload]').map(
      ({ outerHTML }) => outerHTML,
    ),
    drawnNames: all('svg').map((drawing) => drawing.querySelector('title')?.textContent ?? ''),
    headings: all('h1, h2, h3, h4, h5, h6').map(({ localName }) => localName),
    bareTables: all('table').filter((table) => {
      const heads = [...table.querySelectorAll('thead th')];
      return heads.length === 0 || heads.some(({ textContent }) => textContent.trim() === '');
    }).length,
    text: texts.join(''),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    spilling: written
      .filter((element) => element.getBoundingClientRect().right > right + 1)
      .filter((element) => !scrolls(element) || element.matches('table, pre'))
      .map(({ outerHTML }) => outerHTML.slice(0, 200)),
  };
};

globalThis.openAll = (open) => {
  for (const details of document.querySelectorAll('details')) details.open = open;
};

globalThis.complaintsOfAxe = async () => {
  // Browsers let the keyboard come to what scrolls by themselves; a comment has no say in it.
  const rules = { 'scrollable-region-focusable': { enabled: false } };
  const { violations } = await axe.run(document, { resultTypes: ['violations'], rules });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
};
