import type { EventFaults } from './event-service.ts'
import { type Mechanisms, PROTOCOL } from './mechanisms.ts'
import type { ModelFaults } from './model-service.ts'
import type { Habits } from './users.ts'
import type { Perils } from './workers.ts'

/** What the world is like. Numbers are probabilities: of each point that a worker comes to, of each event, request or photo. */
export type Scenario = {
  perils: Perils
  events: EventFaults
  model: ModelFaults
  habits: Habits
  outages: { events: number; model: number }
  /** Between two sweeps of the first hours; later, and elsewhere, there is one an hour. */
  sweepMinutes?: number
  /** Where dying is common, the caps of the product would end most photos, and hide what would have become of them. */
  caps: Pick<Mechanisms, 'maxPaidCalls' | 'maxCrashes'>
}

export type ScenarioName =
  | 'no faults'
  | 'normal'
  | 'faulty model'
  | 'harsh'
  | 'harsh, caps of the product'
  | 'crowded'
  | 'asked again'

const HABITS: Habits = {
  overwrites: 0.4,
  deletes: 0.25,
  asksAgain: 0.15,
  deadly: 0.005,
  // At once, while it is worked on, or when all is done.
  pauseMs: [200, 7_200_000],
}
const { maxPaidCalls, maxCrashes } = PROTOCOL
const CAPS = { maxPaidCalls, maxCrashes }

export const SCENARIOS: Record<ScenarioName, Scenario> = {
  'no faults': {
    perils: { crash: 0, slow: 0, storeFault: 0, interrupted: 0 },
    events: { lost: 0, duplicated: 0.1, late: 0.05 },
    model: { unavailable: 0, timeout: 0, unreadable: 0, exhausted: 0, misconfigured: 0, refused: 0 },
    habits: HABITS,
    outages: { events: 0, model: 0 },
    caps: CAPS,
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
    caps: CAPS,
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
    caps: CAPS,
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
    caps: { maxPaidCalls: 12, maxCrashes: 40 },
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
    caps: CAPS,
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
    habits: { overwrites: 0.45, deletes: 0.45, asksAgain: 0.75, deadly: 0, pauseMs: [1000, 1_200_000] },
    sweepMinutes: 10,
    outages: { events: 0.03, model: 0.2 },
    caps: { maxPaidCalls: 8, maxCrashes: 40 },
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
    caps: { maxPaidCalls: 8, maxCrashes: 40 },
  },
}
