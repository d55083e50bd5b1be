/** Where things are inside of an image, and how it is run. */
export const appFolder = '/app';
/** From the app's folder. Processes and threads of the server start from this same file. */
export const serverFile = 'server.mjs';
export const healthFile = 'health.mjs';
export const planFile = 'plan.json';
export const sbomFile = 'sbom.cdx.json';
export const port = 8080;
/** The user `nonroot` of distroless images; a number, so that it needs no entry in /etc/passwd, and Kubernetes sees that it is not root. */
export const user = '65532:65532';
export const stopSignal = 'SIGTERM';
/** Seconds. */
export const healthTimes = { interval: 10, timeout: 3, startPeriod: 10, retries: 3 } as const;

/** What an image is based on when nobody says otherwise: Debian 12 with Node and without a shell, 141 MB unpacked. */
export const defaultBase = 'gcr.io/distroless/nodejs22-debian12:nonroot';
