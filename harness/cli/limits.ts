/** What one run may take where the user says nothing: milliseconds, and megabytes as libFuzzer has them. */
export const TIMEOUT = 5000;
export const MEMORY = 2048;
