/** What the module of an exported model is made with: bundled for browsers into dist/bin/web-runtime.js. */
export { InvalidRowError, openModel } from './open-model.ts';
