import type { AST } from '@eslint-community/regexpp';
import type { Random } from './random.ts';

type CharacterSet = AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass;

/** Characters that are kept of a class. */
const MAX_MEMBERS = 64;
/** Where a class has none of the usual characters, these are looked through, at this step. */
const LAST_CODE_POINT = 0x1ffff;
const STEP = 7;

const USUAL = [
  ...Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)),
  ...'\t\n\r\f\v\0\x1b\x7f',
  ...'\u00a0éßÅµ€αЖ中あ\u2028',
  '😀',
];

/**
 * Members of character classes. Whether a character is one is asked of the class itself, as an expression of its
 * own on a single character: so escapes, properties, sets and the case are as the engine takes them.
 */
export class CharacterPool {
  readonly #flags: string;
  readonly #members = new Map<string, readonly string[]>();

  constructor(flags: string) {
    this.#flags = flags.replace(/[gyd]/g, '');
  }

  /** Null where the class seems to be empty. */
  pick(set: CharacterSet, random: Random): string | null {
    const members = this.#membersOf(set);
    return members.length === 0 ? null : random.pick(members);
  }

  #membersOf(set: CharacterSet): readonly string[] {
    const known = this.#members.get(set.raw);
    if (known !== undefined) return known;
    const expression = new RegExp(`^${set.raw}$`, this.#flags);
    const isMember = (text: string) => expression.test(text);
    let members = [...new Set([...mentioned(set), ...USUAL])].filter(isMember);
    if (members.length === 0) members = search(isMember);
    // Letters and digits are what a program expects; with all of them there, control characters are left out.
    const plain = members.filter((text) => /^[\w]$/.test(text));
    if (plain.length > 8 && set.type !== 'CharacterClass') members = plain;
    this.#members.set(set.raw, members);
    return members;
  }
}

/** The characters that the class names, and the ends of its ranges. */
function mentioned(set: CharacterSet): string[] {
  const raw = set.type === 'CharacterClass' ? set.elements : [];
  return raw.flatMap((element) => {
    if (element.type === 'Character') return [String.fromCodePoint(element.value)];
    if (element.type === 'CharacterClassRange')
      return [element.min.value, element.max.value].map((code) => String.fromCodePoint(code));
    if (element.type === 'ClassStringDisjunction')
      return element.alternatives.map(({ elements }) =>
        elements.map(({ value }) => String.fromCodePoint(value)).join(''),
      );
    return [];
  });
}

function search(isMember: (text: string) => boolean): string[] {
  const members: string[] = [];
  for (let code = 0x80; code <= LAST_CODE_POINT && members.length < MAX_MEMBERS; code += STEP) {
    const text = String.fromCodePoint(code);
    if (isMember(text)) members.push(text);
  }
  return members;
}
