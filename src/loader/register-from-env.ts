import { register } from './register.ts';

/** `node --import kcovjs/register app.js`: the one module that does something when it is imported. */
const parts = (list: string | undefined): string[] => (list ?? '').split(',').filter((part) => part !== '');

register({ include: parts(process.env['KCOVJS_INCLUDE']), exclude: parts(process.env['KCOVJS_EXCLUDE']) });
