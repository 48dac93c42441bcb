import { describeScene, FAST_SCENES, SCENES } from './drawn-scenes.ts'

const names = Object.keys(SCENES) as (keyof typeof SCENES)[]
for (const name of names) if (!FAST_SCENES.includes(name)) describeScene(name)
