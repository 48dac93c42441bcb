const FIXED_SEED = 1

/** The seed of random tests: fixed in `npm test`, new in each `npm run test:all`, which prints it. */
export const runSeed = Number(process.env.FIRESIGHT_SEED || FIXED_SEED)
export const isFreshSeed = runSeed !== FIXED_SEED
