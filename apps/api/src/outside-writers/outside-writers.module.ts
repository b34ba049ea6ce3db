import { type ArgumentMetadata, Module, type OnModuleInit } from '@nestjs/common';
import {
  type AdminAnswer,
  adminJson,
  type AdminRequest,
  AdminRouter,
  Problem,
  PROBLEM_CONTENT_TYPE,
  toProblem,
  ValidationPipe,
} from '@prior/http';
import { type InvalidateInput, invalidateInput } from './invalidate-input';
import { Invalidations } from './invalidations';

/** The way in for those who change the catalogue without this API, beside the binlog: docs/outside-writers.md. */
@Module({ providers: [Invalidations] })
export class OutsideWritersModule implements OnModuleInit {
  private readonly validation = new ValidationPipe();

  constructor(
    private readonly admin: AdminRouter,
    private readonly invalidations: Invalidations,
  ) {}

  onModuleInit(): void {
    this.admin.route('POST', '/internal/invalidate', (request) => this.invalidate(request));
  }

  private async invalidate({ body }: AdminRequest): Promise<AdminAnswer> {
    try {
      return adminJson(200, { dropped: await this.invalidations.invalidate(await this.read(body)) });
    } catch (error) {
      const problem = toProblem(error);
      return { ...adminJson(problem.getStatus(), problem.body()), contentType: PROBLEM_CONTENT_TYPE };
    }
  }

  private async read(body: string): Promise<InvalidateInput> {
    const metadata: ArgumentMetadata = { type: 'body', schema: invalidateInput };
    return (await this.validation.transform(parse(body), metadata)) as InvalidateInput;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Problem('malformed_json', { cause: error });
  }
}
