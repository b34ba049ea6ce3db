import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Prices are DECIMAL and stay text: no float ever holds one. */
@Entity('products')
export class Product {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar', length: 255 })
  name!: string;

  @Column({ type: 'varchar', length: 191, unique: true })
  slug!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'decimal', precision: 12, scale: 2 })
  unitPrice!: string;

  @Column({ type: 'decimal', precision: 12, scale: 2 })
  updatedPrice!: string;

  @Column({ type: 'int' })
  quantity!: number;

  @Column({ type: 'int', nullable: true })
  categoryId!: number | null;

  /** Kept by a trigger: +1 with every change of the row. */
  @Column({ type: 'int', unsigned: true })
  rev!: number;
}
