/**
 * The backend that the performance report suspects today (issues 1, 2 and 4): a connection for every request, `p.*`, a
 * correlated count, no LIMIT, no cache, no index beyond the primary keys.
 */
import express from 'express';
import { createConnection } from 'mysql2/promise';
import { setting } from './setting';

const app = express();

app.get('/api/products', async (_req, res) => {
  try {
    const db = await createConnection(setting.database);
    const [products] = await db.query(`
      SELECT p.*, c.name as category_name,
             (SELECT COUNT(*) FROM reviews WHERE product_id = p.id) as review_count
      FROM products p
      LEFT JOIN categories c ON p.categoryId = c.id
      WHERE p.quantity > 0
      ORDER BY p.created_at DESC
    `);
    await db.end();
    res.json(products);
  } catch (error) {
    console.error('Database error:', error);
    res.status(500).json({ error: 'Internal server error' });
  }
});
app.listen(setting.port, '127.0.0.1');
