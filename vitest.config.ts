import { defineConfig } from "vitest/config";

/** What replaces modules, or measures the process that it runs in, has a process of its own. */
const apart = [
  "test/commands/bench{,-self-check,-capacity}.test.ts",
  "test/pipe/collect-at-once.test.ts",
];

export default defineConfig({
  test: {
    reporters: [process.env.CI ? "dot" : "default", "./test/helpers/tally-reporter.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    coverage: { provider: "v8", include: ["src/**"] },
    projects: [
      {
        extends: true,
        // To start a process for each of some hundred files would cost more than their tests.
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: apart,
          isolate: false,
        },
      },
      { extends: true, test: { name: "apart", include: apart } },
    ],
  },
});
