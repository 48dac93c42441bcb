/**
 * Workers that may die while they annotate one upload. An image that kills its worker also disturbs the other
 * photos of the instance.
 */
export const MAX_CRASHES = 3

/**
 * Deliveries of one upload that may end with an unexpected error: about an hour, with Eventarc's pauses of 10
 * to 600 s. Deliveries that end with a transient failure do not count.
 */
export const MAX_ATTEMPTS = 12
