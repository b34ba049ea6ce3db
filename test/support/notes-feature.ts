import {
  Body,
  Controller,
  Get,
  Inject,
  Module,
  Param,
  Post,
  Query,
  type DynamicModule,
} from '@nestjs/common';
import { Cached, Load } from '@prior/cache';
import { defineEvent, now, ReadRouter, soon, UnitOfWork } from '@prior/database';
import { Answer, body, type LoadContext, Problem, query, queryInt } from '@prior/http';
import { z } from 'zod';

/** A feature as small as it gets, for suites that look at the cache alone. */
export const notesTable = `CREATE TABLE notes (slug VARCHAR(50) PRIMARY KEY, text VARCHAR(200) NOT NULL)`;

const note = z.object({ slug: z.string(), text: z.string() });
const list = z.object({ notes: z.array(note) });
const listQuery = query({ limit: queryInt({ min: 1, max: 100 }).default(10) });
const newText = body({ text: z.string().max(200) });
type Note = z.infer<typeof note>;

const changed = defineEvent('note.changed', (slug: string) => [...now(`note:${slug}`), ...soon('notes')]);

/** What a suite may do to the loads, and see of them. */
export class NotesProbe {
  loads = 0;
  /** Awaited after the rows were read. */
  afterRead: () => Promise<unknown> = () => Promise.resolve();
}

@Controller('notes')
class NotesController {
  constructor(
    @Inject(ReadRouter) private readonly router: ReadRouter,
    @Inject(UnitOfWork) private readonly work: UnitOfWork,
    @Inject(NotesProbe) private readonly probe: NotesProbe,
  ) {}

  @Get()
  @Answer(list)
  @Cached({ ttl: 'list', query: listQuery, tags: () => ['notes'] })
  async list(
    @Query({ schema: listQuery }) { limit }: z.output<typeof listQuery>,
    @Load() load: LoadContext,
  ): Promise<z.infer<typeof list>> {
    const notes = await this.read(
      load,
      (slug, text) => ({ slug, text }),
      'SELECT slug, text FROM notes ORDER BY slug LIMIT ?',
      [limit],
    );
    return { notes };
  }

  @Get(':slug')
  @Answer(note)
  @Cached({ ttl: 'detail', tags: ({ params }) => [`note:${params.slug!}`] })
  async one(@Param('slug') slug: string, @Load() load: LoadContext): Promise<Note> {
    const [found] = await this.read(
      load,
      (s, text) => ({ slug: s, text }),
      'SELECT slug, text FROM notes WHERE slug = ?',
      [slug],
    );
    if (!found) throw new Problem('not_found');
    return found;
  }

  /** What no cache keeps. */
  @Get(':slug/now')
  @Answer(note)
  now(@Param('slug') slug: string, @Load() load: LoadContext): Promise<Note> {
    return this.one(slug, load);
  }

  @Post(':slug')
  async write(
    @Param('slug') slug: string,
    @Body({ schema: newText }) { text }: z.output<typeof newText>,
  ): Promise<void> {
    await this.work.run(async (tx) => {
      await tx.execute('REPLACE INTO notes (slug, text) VALUES (?, ?)', [slug, text]);
      tx.record(changed(slug));
    });
  }

  private async read(
    load: LoadContext,
    make: (slug: string, text: string) => Note,
    sql: string,
    params: unknown[],
  ): Promise<Note[]> {
    this.probe.loads += 1;
    const rows = await this.router.read(load, (session) => session.query<Note>('notes.read', sql, params));
    await this.probe.afterRead();
    return rows.map((row) => make(row.slug, row.text));
  }
}

@Module({})
export class NotesModule {
  static with(probe: NotesProbe): DynamicModule {
    return {
      module: NotesModule,
      controllers: [NotesController],
      providers: [{ provide: NotesProbe, useValue: probe }],
    };
  }
}
