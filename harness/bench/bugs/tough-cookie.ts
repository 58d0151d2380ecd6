import { createRequire } from 'node:module';

interface Jar {
  setCookieSync(cookie: string, url: string): unknown;
}
const { CookieJar } = createRequire(import.meta.url)('tough-cookie') as {
  CookieJar: new (store: undefined, options: object) => Jar;
};

/** tough-cookie 4.1.2 writes to the prototype of all objects, where public suffixes are not rejected. */
export const advisory = 'CVE-2023-26136';
export const folder = 'node_modules/tough-cookie/';
export const seeds = ['example.com\na=b; Domain=example.com; Path=/x', 'host\nc=d; Secure; Max-Age=5'];
export const trigger = '__proto__\na=b; Domain=__proto__; Path=/x';

/** A host, and behind the line's end a cookie that it sets. */
export function fuzz(data: Buffer): void {
  const [host, ...cookie] = data.toString().split('\n');
  try {
    new CookieJar(undefined, { rejectPublicSuffixes: false }).setCookieSync(
      cookie.join('\n'),
      `https://${host}/`,
    );
  } catch {
    // Refused; bug detectors see what was written.
  }
}
