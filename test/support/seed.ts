/** The seed of random tests: fixed in `npm test`, new in each `npm run test:all`, which prints it. */
export const runSeed = Number(process.env.FIRESIGHT_SEED || 1)
