import type { EventFaults } from './event-service.ts'
import type { Mechanisms } from './mechanisms.ts'
import type { ModelFaults } from './model-service.ts'
import type { Habits } from './users.ts'
import type { Perils } from './workers.ts'

/** What the world is like. Numbers are probabilities: of each point that a worker comes to, of each event, request or photo. */
export type Scenario = {
  perils: Perils
  events: EventFaults
  model: ModelFaults
  habits: Habits
  /** `modelIs`: from the beginning, and in this way. */
  outages: { events: number; model: number; modelIs?: 'unavailable' }
  /** Between two walks through all objects and documents in the first hours; operators may ask for them at any time. A day otherwise. */
  walkHours?: number
  /** Where dying is common, the caps of the product would end most photos, and hide what would have become of them. */
  caps?: Pick<Mechanisms, 'maxCrashes' | 'maxAttempts'>
}

export type ScenarioName =
  | 'no faults'
  | 'normal'
  | 'faulty model'
  | 'harsh'
  | 'harsh, caps of the product'
  | 'crowded'
  | 'asked again'
  | 'overwritten while read'
  | 'uploaded while looked for'
  | 'swept while stored'
  | 'model down'

const HABITS: Habits = {
  overwrites: 0.4,
  deletes: 0.25,
  asksAgain: 0.15,
  askMs: [1000, 36_000_000],
  returns: 0.5,
  deadly: 0.005,
  // At once, while it is worked on, or when all is done.
  pauseMs: [200, 7_200_000],
}
/** So that few end there. */
const NO_CAPS = { maxCrashes: 40, maxAttempts: 120 }
const NO_PERILS: Perils = { crash: 0, slow: 0, storeFault: 0, interrupted: 0 }
const NO_MODEL_FAULTS: ModelFaults = {
  unavailable: 0,
  timeout: 0,
  unreadable: 0,
  exhausted: 0,
  misconfigured: 0,
  refused: 0,
}

export const SCENARIOS: Record<ScenarioName, Scenario> = {
  'no faults': {
    perils: NO_PERILS,
    events: { lost: 0, duplicated: 0.1, late: 0.05 },
    model: NO_MODEL_FAULTS,
    habits: HABITS,
    outages: { events: 0, model: 0 },
  },
  normal: {
    perils: { crash: 0.002, slow: 0.001, storeFault: 0.005, interrupted: 0.02 },
    events: { lost: 0.002, duplicated: 0.1, late: 0.1 },
    model: {
      unavailable: 0.05,
      timeout: 0.01,
      unreadable: 0.01,
      exhausted: 0.005,
      misconfigured: 0.002,
      refused: 0.01,
    },
    habits: HABITS,
    outages: { events: 0.01, model: 0.02 },
  },
  'faulty model': {
    perils: { crash: 0.005, slow: 0.005, storeFault: 0.01, interrupted: 0.02 },
    events: { lost: 0.005, duplicated: 0.3, late: 0.2 },
    model: {
      unavailable: 0.2,
      timeout: 0.06,
      unreadable: 0.02,
      exhausted: 0.015,
      misconfigured: 0.005,
      refused: 0.02,
    },
    habits: HABITS,
    outages: { events: 0.01, model: 0.02 },
  },
  harsh: {
    perils: { crash: 0.1, slow: 0.1, storeFault: 0.03, interrupted: 0.1 },
    events: { lost: 0.02, duplicated: 0.5, late: 0.3 },
    model: {
      unavailable: 0.17,
      timeout: 0.08,
      unreadable: 0.03,
      exhausted: 0.015,
      misconfigured: 0.005,
      refused: 0.03,
    },
    // Of a picture that dies each time, forty deaths would take days.
    habits: { ...HABITS, deadly: 0 },
    outages: { events: 0.03, model: 0.05 },
    caps: NO_CAPS,
  },
  'harsh, caps of the product': {
    perils: { crash: 0.1, slow: 0.1, storeFault: 0.03, interrupted: 0.1 },
    events: { lost: 0.02, duplicated: 0.5, late: 0.3 },
    model: {
      unavailable: 0.17,
      timeout: 0.08,
      unreadable: 0.03,
      exhausted: 0.015,
      misconfigured: 0.005,
      refused: 0.03,
    },
    habits: HABITS,
    outages: { events: 0.03, model: 0.05 },
  },
  crowded: {
    perils: { crash: 0.04, slow: 0.15, storeFault: 0.05, interrupted: 0.1 },
    events: { lost: 0.05, duplicated: 0.5, late: 0.3 },
    model: {
      unavailable: 0.1,
      timeout: 0.1,
      unreadable: 0.03,
      exhausted: 0.03,
      misconfigured: 0.01,
      refused: 0.03,
    },
    habits: {
      ...HABITS,
      overwrites: 0.45,
      deletes: 0.45,
      asksAgain: 0.75,
      deadly: 0,
      pauseMs: [1000, 1_200_000],
    },
    walkHours: 0.5,
    outages: { events: 0.03, model: 0.2 },
    caps: NO_CAPS,
  },
  'asked again': {
    perils: { crash: 0.04, slow: 0.15, storeFault: 0.05, interrupted: 0.1 },
    events: { lost: 0.05, duplicated: 0.5, late: 0.3 },
    model: {
      unavailable: 0.1,
      timeout: 0.1,
      unreadable: 0.03,
      exhausted: 0.03,
      misconfigured: 0.01,
      refused: 0.03,
    },
    habits: { ...HABITS, overwrites: 0.2, asksAgain: 0.9, deadly: 0 },
    outages: { events: 0.03, model: 0.2 },
    caps: NO_CAPS,
  },
  'overwritten while read': {
    perils: { crash: 0.005, slow: 0.01, storeFault: 0.01, interrupted: 0 },
    events: { lost: 0.02, duplicated: 0.5, late: 0.05 },
    model: NO_MODEL_FAULTS,
    habits: { ...HABITS, overwrites: 0.9, deletes: 0.05, asksAgain: 0, deadly: 0, pauseMs: [500, 8000] },
    outages: { events: 0, model: 0 },
  },
  'uploaded while looked for': {
    perils: { crash: 0.01, slow: 0.25, storeFault: 0.02, interrupted: 0 },
    events: { lost: 0.3, duplicated: 0.1, late: 0.1 },
    model: NO_MODEL_FAULTS,
    habits: {
      ...HABITS,
      overwrites: 0.1,
      deletes: 0.85,
      returns: 1,
      asksAgain: 0.3,
      deadly: 0,
      pauseMs: [60_000, 1_800_000],
    },
    walkHours: 0.1,
    outages: { events: 0, model: 0 },
    caps: NO_CAPS,
  },
  'swept while stored': {
    perils: { crash: 0.01, slow: 0.08, storeFault: 0.12, interrupted: 0 },
    events: { lost: 0.05, duplicated: 0.2, late: 0.1 },
    model: NO_MODEL_FAULTS,
    habits: { ...HABITS, overwrites: 0.1, asksAgain: 0.93, deadly: 0, askMs: [900_000, 28_800_000] },
    walkHours: 0.1,
    outages: { events: 0, model: 0 },
    caps: NO_CAPS,
  },
  /** The service answers 503 and nothing else goes wrong: every photo has to come through. */
  'model down': {
    perils: NO_PERILS,
    events: { lost: 0, duplicated: 0.1, late: 0.05 },
    model: { ...NO_MODEL_FAULTS, unavailable: 0.05 },
    habits: HABITS,
    outages: { events: 0, model: 1, modelIs: 'unavailable' },
  },
}
