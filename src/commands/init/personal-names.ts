/** Whether a column is called as if it held something of a person: English and German words, in any way to join them. */
export function isPersonalName(column: string): boolean {
  const words = column
    .replace(/([a-zäöüß\d])([A-ZÄÖÜ])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const last = words.at(-1);
  if (words.some((word) => always.test(word))) return true;
  // `product name` is of no person, and `name` alone is taken to be of one.
  if (last !== 'name' && last !== 'names') return false;
  return words.length === 1 || words.some((word) => people.test(word));
}

const always =
  /^(e?mail|phone|telephone|mobile|fax|forename|firstname|lastname|surname|fullname|username|address|street|birth\w*|dob|ssn|passport|iban|vorname|nachname|familienname|geburts\w*|geboren|adresse|anschrift|stra(ß|ss)e|telefon\w*|handy|personalausweis)$/;

const people =
  /^(first|last|full|middle|family|given|maiden|user|patient|person|customer|client|employee|member|student|subject|contact|owner|holder|doctor|physician|applicant|borrower|guest|author)s?$/;
