/** What is given by `-e NAME=value`. */

/** @param {string} name @param {string} fallback @returns {string} */
export const setting = (name, fallback) => __ENV[name] || fallback;

/** @param {string} name @param {number} fallback @returns {number} a whole number above 0 */
export function count(name, fallback) {
  const value = Number(setting(name, String(fallback)));
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(
      `${name} must be a whole number above 0 (it is ${__ENV[name]}). Set for example -e ${name}=${fallback}`,
    );
  }
  return value;
}

/** Without a slash at its end. */
export const BASE_URL = setting('BASE_URL', 'http://127.0.0.1:3000').replace(/\/+$/, '');

/** What stands for the report's homepage: the list that the shop's first page shows. */
export const HOME_PATH = setting('HOME_PATH', '/api/products');
