import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('reviews')
export class Review {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'int' })
  product_id!: number;

  /** The subject of the writer's token; null for reviews of an older schema. */
  @Column({ type: 'varchar', length: 191, nullable: true })
  author!: string | null;
}
