import { createRequire } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../../..');
const load = createRequire(join(root, 'package.json'));

/** Parsed declarations of the packages: the same for every call. */
const parsed = new Map<string, ts.SourceFile | undefined>();

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Packages with the schemas of resources that are not Kubernetes' own, by API group. */
const OTHERS: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

const moduleOf = ({ apiVersion }: Manifest): string =>
  `${OTHERS[apiVersion.split('/')[0] ?? ''] ?? 'kubernetes-models'}/${apiVersion}`;

/** @returns what the schema of Kubernetes' OpenAPI document says against it: required fields, types, formats */
function schemaProblems(manifest: Manifest): string[] {
  try {
    const models = load(moduleOf(manifest)) as Record<string, new (data: unknown) => { validate(): void }>;
    const Model = models[manifest.kind];
    if (!Model) return [`${manifest.apiVersion} has no kind ${manifest.kind}`];
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * The schemas allow unknown fields, which an API server drops: a misspelt probe is no probe. So each manifest is also
 * compiled as a literal of its generated type, where TypeScript refuses them.
 */
function unknownFields(manifests: readonly Manifest[]): string[][] {
  const file = join(root, 'manifests.virtual.ts');
  const lines = manifests.map((manifest, i) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
    return `export const m${i}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    if (name === file) return ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, ...rest));
    return parsed.get(name);
  };
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  const found: string[][] = manifests.map(() => []);
  for (const { start = 0, messageText } of program.getSemanticDiagnostics(source)) {
    const line = source?.getLineAndCharacterOfPosition(start).line ?? 0;
    found[line]?.push(ts.flattenDiagnosticMessageText(messageText, '\n'));
  }
  return found;
}

/** @returns for each manifest that is wrong: what it is, and everything that is wrong with it */
export function validate(manifests: readonly Manifest[]): string[] {
  const unknown = unknownFields(manifests);
  return manifests.flatMap((manifest, i) =>
    [...schemaProblems(manifest), ...(unknown[i] ?? [])].map(
      (problem) => `${manifest.kind}/${manifest.metadata.name}: ${problem}`,
    ),
  );
}
