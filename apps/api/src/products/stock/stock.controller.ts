import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Answer,
  ApiProblems,
  currentContext,
  CurrentUser,
  type Principal,
  Problem,
  Roles,
} from '@prior/http';
import type { FastifyReply } from 'fastify';
import { type StockChanges, stockChanges, stockLevels, type StockLevels } from './dto/stock';
import { StockService } from './stock.service';

/** Visible ASCII: an opaque value that a header can carry, as long as its column. */
const KEY = /^[\x21-\x7e]{1,191}$/;

@ApiTags('products')
@Controller('products/stock')
export class StockController {
  constructor(private readonly stock: StockService) {}

  @Post()
  @Roles('service', 'admin')
  @ApiOperation({ summary: 'Change the stock of many products at once, all or nothing, never below zero' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'A value of your own for this request (a UUID). Sent again with the same body within 24 hours, it answers the same and changes nothing',
    schema: { type: 'string', maxLength: 191 },
  })
  @Answer(stockLevels, {
    headers: {
      'Idempotency-Replayed': {
        description: '`true` when this key was answered before',
        schema: { type: 'string', enum: ['true'] },
      },
    },
  })
  @ApiProblems(
    'validation_failed',
    'malformed_json',
    'value_out_of_range',
    'product_not_found',
    'out_of_stock',
  )
  @ApiProblems('idempotency_in_progress', 'idempotency_mismatch')
  async change(
    @Body({ schema: stockChanges }) input: StockChanges,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentUser() { subject }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StockLevels> {
    assertKey(key);
    const { answer, replayed } = await this.stock.change(input, key, subject);
    if (replayed) {
      reply.header('idempotency-replayed', 'true');
      // The first answer may have been lost with its token, and its process before it could publish the write.
      const context = currentContext();
      if (context) context.written = { published: false };
    }
    return answer;
  }
}

function assertKey(key: string | undefined): void {
  if (key === undefined || KEY.test(key)) return;
  const message = 'Expected 1 to 191 visible ASCII characters';
  throw new Problem('validation_failed', { errors: [{ field: 'Idempotency-Key', message }] });
}
