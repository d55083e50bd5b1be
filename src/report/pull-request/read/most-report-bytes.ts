/** A report has some 20 kB as a rule; whoever makes one keeps it below this. */
export const mostReportBytes = 1_000_000;
