/** Gives a text to the person as a file. */
export function save(name: string, text: string | Blob, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // Some browsers begin to read after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
