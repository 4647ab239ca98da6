import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    reporters: [process.env.CI ? "dot" : "default", "./test/helpers/tally-reporter.ts"],
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 20_000,
    coverage: { provider: "v8", include: ["src/**"] },
  },
});
