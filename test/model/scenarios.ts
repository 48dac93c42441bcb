import type { EventFaults } from './event-service.ts'
import type { Mechanisms } from './mechanisms.ts'
import type { ModelFaults } from './model-service.ts'
import type { UserBehaviour } from './users.ts'
import type { WorkerFaults } from './workers.ts'

/**
 * The environment of a simulation. Numbers are probabilities: per call of a worker, event, request or photo.
 */
export type Scenario = {
  faults: WorkerFaults
  events: EventFaults
  model: ModelFaults
  users: UserBehaviour
  /** `modelIs`: the outage of the model lasts from the start, and is of this kind. */
  outages: { events: number; model: number; modelIs?: 'unavailable' }
  /**
   * Hours between two scans through all objects and documents at the start, where operators ask for them.
   * Default: 24.
   */
  scanHours?: number
  /** Replaces the product's limits, which would end most photos where crashes are common. */
  limits?: Pick<Mechanisms, 'maxCrashes' | 'maxAttempts'>
}

export type ScenarioName =
  | 'no faults'
  | 'normal'
  | 'faulty model'
  | 'harsh'
  | 'harsh, product limits'
  | 'crowded'
  | 'many reruns'
  | 'overwritten during read'
  | 'uploaded during lookup'
  | 'swept during store'
  | 'model down'

const USERS: UserBehaviour = {
  overwrites: 0.4,
  deletes: 0.25,
  asksForRerun: 0.15,
  rerunMs: [1000, 36_000_000],
  returns: 0.5,
  deadly: 0.005,
  // At once, during the run, or long after it.
  pauseMs: [200, 7_200_000],
}
const HIGH_LIMITS = { maxCrashes: 40, maxAttempts: 120 }
const NO_FAULTS: WorkerFaults = { crash: 0, slow: 0, storeFault: 0, interrupted: 0 }
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
    faults: NO_FAULTS,
    events: { lost: 0, duplicated: 0.1, late: 0.05 },
    model: NO_MODEL_FAULTS,
    users: USERS,
    outages: { events: 0, model: 0 },
  },
  normal: {
    faults: { crash: 0.002, slow: 0.001, storeFault: 0.005, interrupted: 0.02 },
    events: { lost: 0.002, duplicated: 0.1, late: 0.1 },
    model: {
      unavailable: 0.05,
      timeout: 0.01,
      unreadable: 0.01,
      exhausted: 0.005,
      misconfigured: 0.002,
      refused: 0.01,
    },
    users: USERS,
    outages: { events: 0.01, model: 0.02 },
  },
  'faulty model': {
    faults: { crash: 0.005, slow: 0.005, storeFault: 0.01, interrupted: 0.02 },
    events: { lost: 0.005, duplicated: 0.3, late: 0.2 },
    model: {
      unavailable: 0.2,
      timeout: 0.06,
      unreadable: 0.02,
      exhausted: 0.015,
      misconfigured: 0.005,
      refused: 0.02,
    },
    users: USERS,
    outages: { events: 0.01, model: 0.02 },
  },
  harsh: {
    faults: { crash: 0.1, slow: 0.1, storeFault: 0.03, interrupted: 0.1 },
    events: { lost: 0.02, duplicated: 0.5, late: 0.3 },
    model: {
      unavailable: 0.17,
      timeout: 0.08,
      unreadable: 0.03,
      exhausted: 0.015,
      misconfigured: 0.005,
      refused: 0.03,
    },
    // Forty crashes over a deadly image would take days.
    users: { ...USERS, deadly: 0 },
    outages: { events: 0.03, model: 0.05 },
    limits: HIGH_LIMITS,
  },
  'harsh, product limits': {
    faults: { crash: 0.1, slow: 0.1, storeFault: 0.03, interrupted: 0.1 },
    events: { lost: 0.02, duplicated: 0.5, late: 0.3 },
    model: {
      unavailable: 0.17,
      timeout: 0.08,
      unreadable: 0.03,
      exhausted: 0.015,
      misconfigured: 0.005,
      refused: 0.03,
    },
    users: USERS,
    outages: { events: 0.03, model: 0.05 },
  },
  crowded: {
    faults: { crash: 0.04, slow: 0.15, storeFault: 0.05, interrupted: 0.1 },
    events: { lost: 0.05, duplicated: 0.5, late: 0.3 },
    model: {
      unavailable: 0.1,
      timeout: 0.1,
      unreadable: 0.03,
      exhausted: 0.03,
      misconfigured: 0.01,
      refused: 0.03,
    },
    users: {
      ...USERS,
      overwrites: 0.45,
      deletes: 0.45,
      asksForRerun: 0.75,
      deadly: 0,
      pauseMs: [1000, 1_200_000],
    },
    scanHours: 0.5,
    outages: { events: 0.03, model: 0.2 },
    limits: HIGH_LIMITS,
  },
  'many reruns': {
    faults: { crash: 0.04, slow: 0.15, storeFault: 0.05, interrupted: 0.1 },
    events: { lost: 0.05, duplicated: 0.5, late: 0.3 },
    model: {
      unavailable: 0.1,
      timeout: 0.1,
      unreadable: 0.03,
      exhausted: 0.03,
      misconfigured: 0.01,
      refused: 0.03,
    },
    users: { ...USERS, overwrites: 0.2, asksForRerun: 0.9, deadly: 0 },
    outages: { events: 0.03, model: 0.2 },
    limits: HIGH_LIMITS,
  },
  'overwritten during read': {
    faults: { crash: 0.005, slow: 0.01, storeFault: 0.01, interrupted: 0 },
    events: { lost: 0.02, duplicated: 0.5, late: 0.05 },
    model: NO_MODEL_FAULTS,
    users: { ...USERS, overwrites: 0.9, deletes: 0.05, asksForRerun: 0, deadly: 0, pauseMs: [500, 8000] },
    outages: { events: 0, model: 0 },
  },
  'uploaded during lookup': {
    faults: { crash: 0.01, slow: 0.25, storeFault: 0.02, interrupted: 0 },
    events: { lost: 0.3, duplicated: 0.1, late: 0.1 },
    model: NO_MODEL_FAULTS,
    users: {
      ...USERS,
      overwrites: 0.1,
      deletes: 0.85,
      returns: 1,
      asksForRerun: 0.3,
      deadly: 0,
      pauseMs: [60_000, 1_800_000],
    },
    scanHours: 0.1,
    outages: { events: 0, model: 0 },
    limits: HIGH_LIMITS,
  },
  'swept during store': {
    faults: { crash: 0.01, slow: 0.08, storeFault: 0.12, interrupted: 0 },
    events: { lost: 0.05, duplicated: 0.2, late: 0.1 },
    model: NO_MODEL_FAULTS,
    users: { ...USERS, overwrites: 0.1, asksForRerun: 0.93, deadly: 0, rerunMs: [900_000, 28_800_000] },
    scanHours: 0.1,
    outages: { events: 0, model: 0 },
    limits: HIGH_LIMITS,
  },
  /** The service answers 503 and there is no other fault: every photo must succeed in the end. */
  'model down': {
    faults: NO_FAULTS,
    events: { lost: 0, duplicated: 0.1, late: 0.05 },
    model: { ...NO_MODEL_FAULTS, unavailable: 0.05 },
    users: USERS,
    outages: { events: 0, model: 1, modelIs: 'unavailable' },
  },
}
