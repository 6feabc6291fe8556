/** The guide's steps in their order; the server ticks them off by these names. */
export const STEPS = ["bucket", "policy", "role", "developers", "testers", "switch", "work", "back", "refused"] as const;
