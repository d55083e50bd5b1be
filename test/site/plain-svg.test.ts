import { describe, expect, it } from 'vitest';
import { svgProblem } from '../../src/site/shell/plain-svg.ts';

const problem = (svg: string): string | undefined => svgProblem(Buffer.from(svg))?.what;
const drawing = (inside: string, root = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"${root}>${inside}</svg>`;

describe('pictures that are documents', () => {
  it.each([
    drawing('<rect width="2" height="1" fill="url(#a)"/><text x=\'1\'>a &lt; b &#38; c</text>'),
    `<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- drawn -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n${drawing('')}\n`,
    drawing(
      '<style><![CDATA[ *{stroke-linejoin: round} .a > b { fill: url(#x) } ]]></style><use xlink:href="#a"/>',
    ),
    drawing(
      '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cc="http://creativecommons.org/ns#"><cc:Work/></rdf:RDF></metadata>',
      ' xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:version="1"',
    ),
    drawing('<a href="https://example.org/"><image href="data:image/png;base64,AAAA" width="1"/></a>'),
    drawing(`<path d="M0 0${' 1 1'.repeat(500_000)}"/>`),
    drawing('<style>@font-face { src: url("data:font/woff2;base64,AAAA") }</style>'),
    drawing('<animate attributeName="opacity" values="0;1"/>'),
    drawing('', ' xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:file="C:\\a.png" data-name="a\\b"'),
    drawing('', ' aria-label="JavaScript: the good parts" title="JavaScript: C:\\a, url(a)"'),
  ])('are handed out where they are only drawings: %#', (svg) => {
    expect(problem(svg)).toBeUndefined();
  });

  it.each([
    [drawing('<script>x()</script>'), 'has the element <script>'],
    [drawing('<x:script xmlns:x="http://www.w3.org/2000/svg"/>'), 'has the element <x:script>'],
    [drawing('<x:b xmlns:x="http://www.w3.org/1999/xhtml"/>'), 'takes elements of'],
    [drawing('<x:b xmlns:x="http://www.w3.org/1999/x&#104;tml"/>'), 'takes elements of'],
    [drawing('<g onclick="x()"/>'), 'has the attribute onclick'],
    [drawing('', ' ONLOAD="x()"'), 'has the attribute ONLOAD'],
    [drawing('<foreignObject/>'), 'has the element <foreignObject>'],
    [drawing('<a href="java&#115;cript:x()">a</a>'), 'has a script in href'],
    [drawing('<a xlink:href=" java&#10;script:x()">a</a>'), 'has a script in xlink:href'],
    [drawing('<a href="data:text/html,x">a</a>'), 'has a document in href'],
    [drawing('<use href="data:image/svg+xml,x"/>'), 'has a document in href'],
    [drawing('<a><animate values="#a;javascript:x()"/></a>'), 'has a script in values'],
    [drawing('<a><set attributeName="xlink:href" to="//x.org"/></a>'), 'animates'],
    [drawing('<image href="https://example.org/x.png"/>'), 'asks for'],
    [drawing('<use href="other.svg#a"/>'), 'asks for'],
    [drawing('<g style="fill: url(https://example.org/x)"/>'), 'asks for'],
    [drawing('<rect mask="\\75rl(https://example.org/m.svg#a)"/>'), 'has letters'],
    [drawing('<rect mask="\\000075 rl(https://example.org/m.svg#a)"/>'), 'has letters'],
    [drawing('<rect fill="ur&#92;6c(https://example.org/m.svg#a)"/>'), 'has letters'],
    [drawing(`<rect cursor="image-set('https://example.org/s.png' 1x), auto"/>`), 'takes pictures'],
    [drawing(`<rect cursor="-webkit-image-set('//example.org/s.png' 1x), auto"/>`), 'takes pictures'],
    [drawing(`<rect mask="src('https://example.org/m.svg')"/>`), 'takes pictures'],
    [drawing('<a xlink:title="x" x:aria-label="javascript:x()"/>'), 'has a script'],
    [drawing('<style>@im<!-- -->port "https://example.org/x.css";</style>'), 'takes styles from elsewhere'],
    [drawing('<style>@im<![CDATA[port]]> "x.css";</style>'), 'takes styles from elsewhere'],
    [drawing('<style>@im<g/>port "x.css";</style>'), 'has elements in its styles'],
    [drawing('<style>u\\72l(//x.org)</style>'), 'has letters'],
    [`<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>${drawing('&a;')}`, 'declares entities'],
    [`<!DOCTYPE svg SYSTEM "https://example.org/x.dtd">${drawing('')}`, 'declares entities'],
    [drawing('&a;'), 'has text outside of its elements, or entities'],
    [drawing('<g x="&a;"/>'), 'uses an entity'],
    [drawing('<g x="&constructor;"/>'), 'uses an entity'],
    [`<?xml-stylesheet href="x.xsl"?>${drawing('')}`, 'has the instruction "<?xml-stylesheet"'],
    [`<?xml version="1.0" encoding="utf-7"?>${drawing('')}`, 'has the instruction "<?xml"'],
    ['<html xmlns="http://www.w3.org/1999/xhtml"/>', 'is no SVG'],
    [`${drawing('')}${drawing('')}`, 'is no SVG'],
    [drawing('<g>'), 'closes "svg", which is not open'],
    [drawing('<g a=b/>'), 'has a tag that is no XML'],
    [drawing('<g a="1" a="2"/>'), 'gives <g> the attribute a twice'],
    ['', 'ends before its elements do'],
    ['text', 'has text outside'],
  ])('are refused where they are more: %s', (svg, what) => {
    expect(problem(svg)).toMatch(new RegExp(`^${what.replace(/[?()[\]]/g, '\\$&')}`));
  });

  it('are refused where they are no text, and with the line', () => {
    expect(svgProblem(Buffer.from(drawing(''), 'utf16le'))?.what).toMatch(/^has a tag that is no XML/);
    expect(svgProblem(new Uint8Array([0x1f, 0x8b, 8]))?.what).toBe('is no text in UTF-8');
    expect(svgProblem(Buffer.from(drawing('\n\n<script/>')))).toEqual({
      line: 3,
      what: 'has the element <script>',
    });
  });
});
