export const BUGS = [] as const;
