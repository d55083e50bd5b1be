/** One row of CSV (RFC 4180) with its line end; quotes stand only where they are needed. */
export function csvLine(fields: readonly string[], delimiter: string, newline = '\n'): string {
  const row = fields
    .map((field) =>
      field.includes(delimiter) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
    )
    .join(delimiter);
  return `${row}${newline}`;
}
