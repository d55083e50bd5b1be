/** One word of a POSIX shell, whatever is in it: what comes from a record must not run as a command when it is pasted. */
export function shellWord(text: string): string {
  // A new line would end the command where the paste is; other control characters hide what stands there.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  const plain = text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?');
  return /^[\w@%+=:,./#[\]-]+$/.test(plain) && !/^[#-]/.test(plain) && !plain.includes('[')
    ? plain
    : `'${plain.replaceAll("'", `'\\''`)}'`;
}
