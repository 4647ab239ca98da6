import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    reporters: [process.env.CI ? "dot" : "default", "./test/helpers/tally-reporter.ts"],
    pool: "forks",
    // Many tests wait for sockets and processes more than they compute.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    coverage: { provider: "v8", include: ["src/**"] },
  },
});
