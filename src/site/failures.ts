import type { Failure, Place } from '../base/index.ts';

export type SiteFailure = Failure<
  | 'site-folder-taken'
  | 'site-folder-inside'
  | 'site-busy'
  | 'site-interrupted'
  | 'site-pages-missing'
  | 'site-logo-missing'
  | 'site-picture-active'
  | 'site-page-broken'
  | 'site-contents'
  | 'site-shell-missing'
  | 'site-shell-other'
  | 'site-shell-failed'
  | 'site-unwritable'
>;

export function folderTaken(folder: string): SiteFailure {
  return {
    code: 'site-folder-taken',
    kind: 'input',
    message: `${folder} has files, and none of them says that it is a site`,
    remedy:
      'Name another folder with --out, or empty this one: what is not a site of Trainyard is not overwritten.',
  };
}

/** @param what the folder is, or is in, that a site must not be written to */
export function folderInside(folder: string, what: string): SiteFailure {
  return {
    code: 'site-folder-inside',
    kind: 'input',
    message: `${folder} is ${what}: a site has a folder of its own`,
    remedy:
      'Name another folder with --out, such as `public`, and let Git ignore it; take links away that somebody committed.',
  };
}

export function siteBusy(folder: string): SiteFailure {
  return {
    code: 'site-busy',
    kind: 'world',
    message: `Another process is writing a site to ${folder}`,
    remedy: 'Wait until it has ended, or name another folder with --out.',
  };
}

export function interrupted(folder: string): SiteFailure {
  return {
    code: 'site-interrupted',
    kind: 'world',
    message: `The site in ${folder} was not finished: somebody ended it`,
    remedy: 'What was there before still works. Start it again: what is done already is used.',
  };
}

export function pagesMissing(folder: string): SiteFailure {
  return {
    code: 'site-pages-missing',
    kind: 'input',
    message: `\`site.pages\` names ${JSON.stringify(folder)}, which is no folder of this repository`,
    remedy: 'Name a folder with Markdown files, relative to the root, that no link leads out of.',
    place: { file: 'trainyard.yaml' },
  };
}

export function logoMissing(file: string): SiteFailure {
  return {
    code: 'site-logo-missing',
    kind: 'input',
    message: `\`site.logo\` names ${JSON.stringify(file)}, which is no file of this repository`,
    remedy: 'Name an SVG or PNG file, relative to the root.',
    place: { file: 'trainyard.yaml' },
  };
}

/** @param what the picture has or is, as the end of a sentence about it */
export function pictureActive(place: Place, what: string): SiteFailure {
  return {
    code: 'site-picture-active',
    kind: 'input',
    message: `This picture ${what}: hosts of files would hand it out as a page that may execute and ask for anything`,
    remedy: 'Take that out (programs that draw call it "plain SVG"), or save the picture as PNG.',
    place,
  };
}

/** @param what is wrong, as the end of a sentence */
export function pageBroken(place: Place, what: string): SiteFailure {
  return {
    code: 'site-page-broken',
    kind: 'input',
    message: what.slice(0, 1).toUpperCase() + what.slice(1),
    remedy: 'Mend the page. The site is as it was before.',
    place,
  };
}

export function contentsBroken(place: Place, what: string): SiteFailure {
  return {
    code: 'site-contents',
    kind: 'input',
    message: what.slice(0, 1).toUpperCase() + what.slice(1),
    remedy: 'Write `groups`, each with a `title` and a list of `pages` of this folder.',
    place,
  };
}

/** @param version that the tests run with */
export function shellMissing(version: string): SiteFailure {
  return {
    code: 'site-shell-missing',
    kind: 'input',
    message: 'VitePress, which makes the pages, is not installed here',
    remedy: `Install it in this project: npm install --save-dev vitepress@${version}`,
  };
}

export function shellOther(version: string, tested: string): SiteFailure {
  return {
    code: 'site-shell-other',
    kind: 'input',
    message: `VitePress ${version} is installed here, with which no pages were ever made`,
    remedy: `Install the version that this Trainyard was tested with: npm install --save-dev vitepress@${tested}`,
  };
}

/** @param said by VitePress; a mistake in a page of the repository has its own failure, so that this is rare */
export function shellFailed(said: string): SiteFailure {
  return {
    code: 'site-shell-failed',
    kind: 'input',
    message: `VitePress could not make the pages: ${said}`,
    remedy:
      'Mend what it names. Without a name it is a mistake of Trainyard or of its installation: tell its authors.',
  };
}

export function unwritable(folder: string, error: unknown): SiteFailure {
  return {
    code: 'site-unwritable',
    kind: 'world',
    message: `The site could not be written to ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Make room and see that the folder may be written to; what was there before still works.',
  };
}
