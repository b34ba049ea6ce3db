// @ts-check
'use strict';
const tseslint = require('typescript-eslint');

/** Where the environment may not be read: everything that is configured by libs/config. */
const CONFIGURED = ['apps/**/*.ts', 'libs/**/*.ts', 'migrations/**/*.ts'];

const ENVIRONMENT =
  'Only libs/config reads the environment: add a variable there and inject the configuration.';
const FOCUSED = 'A test that does not run, or that keeps others from running, is not committed.';

const focusedTests = {
  selector:
    'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|failing)$/]',
  message: FOCUSED,
};
const focusedAliases = {
  selector: 'CallExpression[callee.name=/^(fit|fdescribe|xit|xtest|xdescribe)$/]',
  message: FOCUSED,
};
const environment = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: ENVIRONMENT,
  },
  {
    selector: "MemberExpression[object.name='process'][property.value='env']",
    message: ENVIRONMENT,
  },
  {
    selector: "VariableDeclarator[init.name='process'] Property[key.name='env']",
    message: ENVIRONMENT,
  },
];

module.exports = tseslint.config(
  { ignores: ['**/dist/', 'node_modules/', '.local/', 'coverage/', 'bench/results/', '**/*.gen.ts'] },
  // A rule that has to be switched off for a line is a wrong rule: it is changed here, for everybody.
  { linterOptions: { noInlineConfig: true } },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme'], location: 'anywhere' }],
      'no-restricted-syntax': ['error', focusedTests, focusedAliases],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: CONFIGURED,
    ignores: ['libs/config/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': ['error', focusedTests, focusedAliases, ...environment],
      'no-restricted-imports': [
        'error',
        {
          paths: ['process', 'node:process'].map((name) => ({
            name,
            importNames: ['env'],
            message: ENVIRONMENT,
          })),
        },
      ],
      'no-restricted-globals': [
        'error',
        {
          name: 'parseFloat',
          message: 'Prices are exact: keep the DECIMAL’s digits, or count in hundredths.',
        },
      ],
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  // Old syntax on purpose: it has to be read by a Node that is too old, to say so.
  { files: ['scripts/lib/node-version.js'], rules: { 'no-var': 'off' } },
  { files: ['k6/**/*.js'], languageOptions: { sourceType: 'module' } },
);
