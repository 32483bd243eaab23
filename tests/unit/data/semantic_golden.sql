-- revenue of a month
SELECT
  SUM(order_lines.amount) AS revenue
FROM sales.order_lines AS order_lines
LEFT JOIN sales.orders AS orders
  ON order_lines.order_id = orders.id
WHERE
  orders.status <> 'cancelado'
  AND orders.ordered_on >= CAST('2026-10-01' AS DATE)
  AND orders.ordered_on <= CAST('2026-10-31' AS DATE)
LIMIT 1;

-- sales of a month
SELECT
  MAX(facts.revenue) AS revenue,
  COALESCE(MAX(facts.contracts_closed), 0) AS contracts_closed
FROM (
  SELECT
    SUM(order_lines.amount) AS revenue,
    CAST(NULL AS BIGINT) AS contracts_closed
  FROM sales.order_lines AS order_lines
  LEFT JOIN sales.orders AS orders
    ON order_lines.order_id = orders.id
  WHERE
    orders.status <> 'cancelado'
    AND orders.ordered_on >= CAST('2026-10-01' AS DATE)
    AND orders.ordered_on <= CAST('2026-10-31' AS DATE)
  UNION ALL
  SELECT
    CAST(NULL AS DECIMAL) AS revenue,
    COUNT(*) AS contracts_closed
  FROM sales.contracts AS contracts
  WHERE
    contracts.signed_on >= CAST('2026-10-01' AS DATE) AND contracts.signed_on <= CAST('2026-10-31' AS DATE)
) AS facts
LIMIT 1;

-- top three regions
SELECT
  regions.name AS region,
  SUM(order_lines.amount) AS revenue
FROM sales.order_lines AS order_lines
LEFT JOIN sales.orders AS orders
  ON order_lines.order_id = orders.id
LEFT JOIN sales.customers AS customers
  ON orders.customer_id = customers.id
LEFT JOIN sales.states AS states
  ON customers.uf = states.uf
LEFT JOIN sales.regions AS regions
  ON states.region_id = regions.id
WHERE
  orders.status <> 'cancelado'
  AND orders.ordered_on >= CAST('2026-10-01' AS DATE)
  AND orders.ordered_on <= CAST('2026-10-31' AS DATE)
GROUP BY
  1
ORDER BY
  revenue DESC NULLS LAST,
  regions.name COLLATE "C" ASC
LIMIT 3;

-- worst five products by margin rate
SELECT
  products.name AS product,
  SUM(order_lines.amount - order_lines.quantity * products.unit_cost) AS margin,
  ROUND(
    CAST(SUM(order_lines.amount - order_lines.quantity * products.unit_cost) AS DECIMAL) / NULLIF(SUM(order_lines.amount), 0),
    10
  ) AS margin_rate
FROM sales.order_lines AS order_lines
LEFT JOIN sales.orders AS orders
  ON order_lines.order_id = orders.id
LEFT JOIN sales.products AS products
  ON order_lines.product_id = products.id
WHERE
  orders.status <> 'cancelado'
GROUP BY
  1
ORDER BY
  margin_rate ASC,
  products.name COLLATE "C" ASC
LIMIT 5;

-- average ticket of two sellers
SELECT
  sellers.name AS seller,
  ROUND(
    CAST(SUM(order_lines.amount) AS DECIMAL) / NULLIF(COUNT(DISTINCT order_lines.order_id), 0),
    10
  ) AS avg_ticket
FROM sales.order_lines AS order_lines
LEFT JOIN sales.orders AS orders
  ON order_lines.order_id = orders.id
LEFT JOIN sales.sellers AS sellers
  ON orders.seller_id = sellers.id
WHERE
  orders.status <> 'cancelado' AND sellers.name IN ('Ana Souza', 'Bruno D''Ávila')
GROUP BY
  1
ORDER BY
  avg_ticket DESC NULLS LAST,
  sellers.name COLLATE "C" ASC
LIMIT 2001;

-- orders by month
SELECT
  CAST(DATE_TRUNC('MONTH', CAST(orders.ordered_on AS TIMESTAMP)) AS DATE) AS period,
  COUNT(DISTINCT order_lines.order_id) AS orders
FROM sales.order_lines AS order_lines
LEFT JOIN sales.orders AS orders
  ON order_lines.order_id = orders.id
WHERE
  orders.status <> 'cancelado'
  AND orders.ordered_on >= CAST('2026-01-01' AS DATE)
  AND orders.ordered_on <= CAST('2026-12-31' AS DATE)
GROUP BY
  1
ORDER BY
  period ASC
LIMIT 2001;

-- best month
SELECT
  CAST(DATE_TRUNC('MONTH', CAST(orders.ordered_on AS TIMESTAMP)) AS DATE) AS period,
  SUM(order_lines.amount) AS revenue
FROM sales.order_lines AS order_lines
LEFT JOIN sales.orders AS orders
  ON order_lines.order_id = orders.id
WHERE
  orders.status <> 'cancelado'
  AND orders.ordered_on >= CAST('2026-01-01' AS DATE)
  AND orders.ordered_on <= CAST('2026-12-31' AS DATE)
GROUP BY
  1
ORDER BY
  revenue DESC NULLS LAST,
  period ASC
LIMIT 1;

-- units by week and category
SELECT
  CAST(DATE_TRUNC('WEEK', CAST(orders.ordered_on AS TIMESTAMP)) AS DATE) AS period,
  categories.name AS category,
  SUM(order_lines.quantity) AS units
FROM sales.order_lines AS order_lines
LEFT JOIN sales.orders AS orders
  ON order_lines.order_id = orders.id
LEFT JOIN sales.products AS products
  ON order_lines.product_id = products.id
LEFT JOIN sales.categories AS categories
  ON products.category_id = categories.id
LEFT JOIN sales.customers AS customers
  ON orders.customer_id = customers.id
LEFT JOIN sales.states AS states
  ON customers.uf = states.uf
WHERE
  orders.status <> 'cancelado'
  AND orders.ordered_on >= CAST('2026-10-01' AS DATE)
  AND orders.ordered_on <= CAST('2026-10-31' AS DATE)
  AND states.name = 'São Paulo'
GROUP BY
  1,
  2
ORDER BY
  period ASC,
  categories.name COLLATE "C" ASC
LIMIT 2001;

-- return rate by category
SELECT
  facts.category AS category,
  ROUND(
    CAST(COALESCE(MAX(facts.returns_amount), 0) AS DECIMAL) / NULLIF(MAX(facts.revenue), 0),
    10
  ) AS return_rate
FROM (
  SELECT
    categories.name AS category,
    SUM(returns.amount) AS returns_amount,
    CAST(NULL AS DECIMAL) AS revenue
  FROM sales.returns AS returns
  LEFT JOIN sales.order_lines AS order_lines
    ON returns.order_line_id = order_lines.id
  LEFT JOIN sales.products AS products
    ON order_lines.product_id = products.id
  LEFT JOIN sales.categories AS categories
    ON products.category_id = categories.id
  WHERE
    returns.returned_on >= CAST('2026-10-01' AS DATE) AND returns.returned_on <= CAST('2026-10-31' AS DATE)
  GROUP BY
    1
  UNION ALL
  SELECT
    categories.name AS category,
    CAST(NULL AS DECIMAL) AS returns_amount,
    SUM(order_lines.amount) AS revenue
  FROM sales.order_lines AS order_lines
  LEFT JOIN sales.orders AS orders
    ON order_lines.order_id = orders.id
  LEFT JOIN sales.products AS products
    ON order_lines.product_id = products.id
  LEFT JOIN sales.categories AS categories
    ON products.category_id = categories.id
  WHERE
    orders.status <> 'cancelado'
    AND orders.ordered_on >= CAST('2026-10-01' AS DATE)
    AND orders.ordered_on <= CAST('2026-10-31' AS DATE)
  GROUP BY
    1
) AS facts
GROUP BY
  1
ORDER BY
  return_rate DESC NULLS LAST,
  facts.category COLLATE "C" ASC
LIMIT 2001;

-- pipeline by stage
SELECT
  opportunities.stage AS stage,
  SUM(opportunities.amount) AS pipeline_value,
  COUNT(*) AS opportunities_open
FROM sales.opportunities AS opportunities
WHERE
  NOT opportunities.stage IN ('ganho', 'perdido')
GROUP BY
  1
ORDER BY
  pipeline_value DESC NULLS LAST,
  opportunities.stage COLLATE "C" ASC
LIMIT 2001;

-- win rate by quarter
SELECT
  facts.period AS period,
  ROUND(
    CAST(COALESCE(MAX(facts.opportunities_won), 0) AS DECIMAL) / NULLIF(MAX(facts.opportunities_decided), 0),
    10
  ) AS win_rate
FROM (
  SELECT
    CAST(DATE_TRUNC('QUARTER', CAST(opportunities.closed_on AS TIMESTAMP)) AS DATE) AS period,
    COUNT(*) AS opportunities_won,
    CAST(NULL AS BIGINT) AS opportunities_decided
  FROM sales.opportunities AS opportunities
  WHERE
    opportunities.stage = 'ganho'
  GROUP BY
    1
  UNION ALL
  SELECT
    CAST(DATE_TRUNC('QUARTER', CAST(opportunities.closed_on AS TIMESTAMP)) AS DATE) AS period,
    CAST(NULL AS BIGINT) AS opportunities_won,
    COUNT(*) AS opportunities_decided
  FROM sales.opportunities AS opportunities
  WHERE
    opportunities.stage IN ('ganho', 'perdido')
  GROUP BY
    1
) AS facts
GROUP BY
  1
ORDER BY
  period ASC
LIMIT 2001;

-- customers by day and channel
SELECT
  orders.ordered_on AS period,
  orders.channel AS channel,
  COUNT(DISTINCT orders.customer_id) AS customers
FROM sales.order_lines AS order_lines
LEFT JOIN sales.orders AS orders
  ON order_lines.order_id = orders.id
WHERE
  orders.status <> 'cancelado'
  AND orders.ordered_on >= CAST('2026-10-01' AS DATE)
  AND orders.ordered_on <= CAST('2026-10-31' AS DATE)
GROUP BY
  1,
  2
ORDER BY
  period ASC,
  orders.channel COLLATE "C" ASC
LIMIT 2001;

-- sales by year and region
SELECT
  facts.period AS period,
  facts.region AS region,
  MAX(facts.revenue) AS revenue,
  COALESCE(MAX(facts.contracts_closed), 0) AS contracts_closed,
  COALESCE(MAX(facts.opportunities_lost), 0) AS opportunities_lost
FROM (
  SELECT
    CAST(DATE_TRUNC('YEAR', CAST(orders.ordered_on AS TIMESTAMP)) AS DATE) AS period,
    regions.name AS region,
    SUM(order_lines.amount) AS revenue,
    CAST(NULL AS BIGINT) AS contracts_closed,
    CAST(NULL AS BIGINT) AS opportunities_lost
  FROM sales.order_lines AS order_lines
  LEFT JOIN sales.orders AS orders
    ON order_lines.order_id = orders.id
  LEFT JOIN sales.customers AS customers
    ON orders.customer_id = customers.id
  LEFT JOIN sales.states AS states
    ON customers.uf = states.uf
  LEFT JOIN sales.regions AS regions
    ON states.region_id = regions.id
  WHERE
    orders.status <> 'cancelado'
    AND customers.segment IN ('Padarias', 'Hotelaria')
  GROUP BY
    1,
    2
  UNION ALL
  SELECT
    CAST(DATE_TRUNC('YEAR', CAST(contracts.signed_on AS TIMESTAMP)) AS DATE) AS period,
    regions.name AS region,
    CAST(NULL AS DECIMAL) AS revenue,
    COUNT(*) AS contracts_closed,
    CAST(NULL AS BIGINT) AS opportunities_lost
  FROM sales.contracts AS contracts
  LEFT JOIN sales.customers AS customers
    ON contracts.customer_id = customers.id
  LEFT JOIN sales.states AS states
    ON customers.uf = states.uf
  LEFT JOIN sales.regions AS regions
    ON states.region_id = regions.id
  WHERE
    customers.segment IN ('Padarias', 'Hotelaria')
  GROUP BY
    1,
    2
  UNION ALL
  SELECT
    CAST(DATE_TRUNC('YEAR', CAST(opportunities.closed_on AS TIMESTAMP)) AS DATE) AS period,
    regions.name AS region,
    CAST(NULL AS DECIMAL) AS revenue,
    CAST(NULL AS BIGINT) AS contracts_closed,
    COUNT(*) AS opportunities_lost
  FROM sales.opportunities AS opportunities
  LEFT JOIN sales.customers AS customers
    ON opportunities.customer_id = customers.id
  LEFT JOIN sales.states AS states
    ON customers.uf = states.uf
  LEFT JOIN sales.regions AS regions
    ON states.region_id = regions.id
  WHERE
    opportunities.stage = 'perdido'
    AND customers.segment IN ('Padarias', 'Hotelaria')
  GROUP BY
    1,
    2
) AS facts
GROUP BY
  1,
  2
ORDER BY
  facts.region COLLATE "C" ASC,
  period ASC
LIMIT 2001;
