import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Vite would take graphql's ES modules and Node, for packages outside Vite's reach, its CommonJS: two copies, and
    // "Cannot use GraphQLObjectType from another module or realm". Everybody gets the one that Node takes.
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(new URL('./node_modules/graphql/index.js', import.meta.url)) }],
  },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: false } },
  test: {
    include: ['{libs,apps,scripts}/**/*.test.{ts,tsx}'],
    globalSetup: './libs/testing/global-setup.ts',
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});
