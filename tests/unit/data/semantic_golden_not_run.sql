-- mssql: top three products by margin rate
SELECT
TOP 3
  [answer].[product] AS [product],
  [answer].[margin_rate] AS [margin_rate]
FROM (
  SELECT
    [products].[name] AS [product],
    ROUND(
      CAST(SUM([order_lines].[amount] - [order_lines].[quantity] * [products].[unit_cost]) AS NUMERIC(38, 10)) / NULLIF(SUM([order_lines].[amount]), 0),
      10
    ) AS [margin_rate]
  FROM [sales].[order_lines] AS [order_lines]
  LEFT JOIN [sales].[orders] AS [orders]
    ON [order_lines].[order_id] = [orders].[id]
  LEFT JOIN [sales].[products] AS [products]
    ON [order_lines].[product_id] = [products].[id]
  LEFT JOIN [sales].[customers] AS [customers]
    ON [orders].[customer_id] = [customers].[id]
  LEFT JOIN [sales].[states] AS [states]
    ON [customers].[uf] = [states].[uf]
  WHERE
    [orders].[status] <> 'cancelado'
    AND [orders].[ordered_on] >= CAST('2026-07-01' AS DATE)
    AND [orders].[ordered_on] <= CAST('2026-09-30' AS DATE)
    AND [states].[name] IN (N'São Paulo', N'Ceará')
    AND (
      [orders].[channel] IS NULL OR [orders].[channel] <> N'Portal'
    )
  GROUP BY
    [products].[name]
) AS [answer]
ORDER BY
  [answer].[margin_rate] DESC,
  CASE WHEN [answer].[product] COLLATE Latin1_General_BIN2 IS NULL THEN 1 ELSE 0 END, [answer].[product] COLLATE Latin1_General_BIN2 ASC;

-- mssql: revenue by week against last year
SELECT
TOP 2001
  [answer].[period] AS [period],
  [answer].[revenue] AS [revenue],
  [answer].[revenue_previous] AS [revenue_previous],
  [answer].[revenue_change] AS [revenue_change]
FROM (
  SELECT
    [facts].[period] AS [period],
    MAX([facts].[revenue]) AS [revenue],
    MAX([facts].[revenue__previous]) AS [revenue_previous],
    ROUND(
      CAST((
        COALESCE(MAX([facts].[revenue]), 0) - MAX([facts].[revenue__previous])
      ) AS NUMERIC(38, 10)) / NULLIF(ABS(MAX([facts].[revenue__previous])), 0),
      10
    ) AS [revenue_change]
  FROM (
    SELECT
      DATEADD(
        DAY,
        -(
          (
            DATEDIFF(DAY, CAST('19000101' AS DATETIME2), CAST([orders].[ordered_on] AS DATETIME2)) + 0
          ) % 7
        ),
        [orders].[ordered_on]
      ) AS [period],
      SUM([order_lines].[amount]) AS [revenue],
      NULL AS [revenue__previous]
    FROM [sales].[order_lines] AS [order_lines]
    LEFT JOIN [sales].[orders] AS [orders]
      ON [order_lines].[order_id] = [orders].[id]
    WHERE
      [orders].[status] <> 'cancelado'
      AND [orders].[ordered_on] >= CAST('2026-07-01' AS DATE)
      AND [orders].[ordered_on] <= CAST('2026-09-30' AS DATE)
    GROUP BY
      DATEADD(
        DAY,
        -(
          (
            DATEDIFF(DAY, CAST('19000101' AS DATETIME2), CAST([orders].[ordered_on] AS DATETIME2)) + 0
          ) % 7
        ),
        [orders].[ordered_on]
      )
    UNION ALL
    SELECT
      DATEADD(
        DAY,
        364,
        DATEADD(
          DAY,
          -(
            (
              DATEDIFF(DAY, CAST('19000101' AS DATETIME2), CAST([orders].[ordered_on] AS DATETIME2)) + 0
            ) % 7
          ),
          [orders].[ordered_on]
        )
      ) AS [period],
      NULL AS [revenue],
      SUM([order_lines].[amount]) AS [revenue__previous]
    FROM [sales].[order_lines] AS [order_lines]
    LEFT JOIN [sales].[orders] AS [orders]
      ON [order_lines].[order_id] = [orders].[id]
    WHERE
      [orders].[status] <> 'cancelado'
      AND [orders].[ordered_on] >= CAST('2025-07-02' AS DATE)
      AND [orders].[ordered_on] <= CAST('2025-10-01' AS DATE)
    GROUP BY
      DATEADD(
        DAY,
        364,
        DATEADD(
          DAY,
          -(
            (
              DATEDIFF(DAY, CAST('19000101' AS DATETIME2), CAST([orders].[ordered_on] AS DATETIME2)) + 0
            ) % 7
          ),
          [orders].[ordered_on]
        )
      )
  ) AS [facts]
  GROUP BY
    [facts].[period]
) AS [answer]
ORDER BY
  CASE WHEN [answer].[period] IS NULL THEN 1 ELSE 0 END, [answer].[period] ASC;

-- mssql: two facts by quarter above a threshold
SELECT
TOP 2001
  [answer].[period] AS [period],
  [answer].[revenue] AS [revenue],
  [answer].[contracts_closed] AS [contracts_closed]
FROM (
  SELECT
    [facts].[period] AS [period],
    MAX([facts].[revenue]) AS [revenue],
    COALESCE(MAX([facts].[contracts_closed]), 0) AS [contracts_closed]
  FROM (
    SELECT
      DATEFROMPARTS(
        YEAR([orders].[ordered_on]),
        (
          (
            MONTH([orders].[ordered_on]) - 1
          ) / 3
        ) * 3 + 1,
        1
      ) AS [period],
      SUM([order_lines].[amount]) AS [revenue],
      NULL AS [contracts_closed]
    FROM [sales].[order_lines] AS [order_lines]
    LEFT JOIN [sales].[orders] AS [orders]
      ON [order_lines].[order_id] = [orders].[id]
    WHERE
      [orders].[status] <> 'cancelado'
    GROUP BY
      DATEFROMPARTS(
        YEAR([orders].[ordered_on]),
        (
          (
            MONTH([orders].[ordered_on]) - 1
          ) / 3
        ) * 3 + 1,
        1
      )
    UNION ALL
    SELECT
      DATEFROMPARTS(
        YEAR([contracts].[signed_on]),
        (
          (
            MONTH([contracts].[signed_on]) - 1
          ) / 3
        ) * 3 + 1,
        1
      ) AS [period],
      NULL AS [revenue],
      COUNT_BIG(*) AS [contracts_closed]
    FROM [sales].[contracts] AS [contracts]
    GROUP BY
      DATEFROMPARTS(
        YEAR([contracts].[signed_on]),
        (
          (
            MONTH([contracts].[signed_on]) - 1
          ) / 3
        ) * 3 + 1,
        1
      )
  ) AS [facts]
  GROUP BY
    [facts].[period]
) AS [answer]
WHERE
  [answer].[revenue] > 1000.5
ORDER BY
  CASE WHEN [answer].[period] IS NULL THEN 1 ELSE 0 END, [answer].[period] ASC;

-- mssql: running revenue by month
SELECT
TOP 2001
  [answer].[period] AS [period],
  [answer].[revenue] AS [revenue]
FROM (
  SELECT
    [facts].[period] AS [period],
    SUM(MAX([facts].[revenue])) OVER (ORDER BY CASE WHEN [facts].[period] IS NULL THEN 1 ELSE 0 END, [facts].[period]) AS [revenue]
  FROM (
    SELECT
      DATEFROMPARTS(YEAR([orders].[ordered_on]), MONTH([orders].[ordered_on]), 1) AS [period],
      SUM([order_lines].[amount]) AS [revenue]
    FROM [sales].[order_lines] AS [order_lines]
    LEFT JOIN [sales].[orders] AS [orders]
      ON [order_lines].[order_id] = [orders].[id]
    WHERE
      [orders].[status] <> 'cancelado'
    GROUP BY
      DATEFROMPARTS(YEAR([orders].[ordered_on]), MONTH([orders].[ordered_on]), 1)
  ) AS [facts]
  GROUP BY
    [facts].[period]
) AS [answer]
ORDER BY
  CASE WHEN [answer].[period] IS NULL THEN 1 ELSE 0 END, [answer].[period] ASC;

-- mssql: best two regions and the rest
SELECT
TOP 3
  CASE WHEN MIN([ranked].[place__]) <= 2 THEN MIN([ranked].[region]) END AS [region],
  SUM([ranked].[revenue]) AS [revenue]
FROM (
  SELECT
    [merged].[region] AS [region],
    [merged].[revenue] AS [revenue],
    ROW_NUMBER() OVER (
      ORDER BY [merged].[revenue] DESC, CASE WHEN [merged].[region] COLLATE Latin1_General_BIN2 IS NULL THEN 1 ELSE 0 END, [merged].[region] COLLATE Latin1_General_BIN2
    ) AS [place__]
  FROM (
    SELECT
      [facts].[region] AS [region],
      MAX([facts].[revenue]) AS [revenue]
    FROM (
      SELECT
        [regions].[name] AS [region],
        SUM([order_lines].[amount]) AS [revenue]
      FROM [sales].[order_lines] AS [order_lines]
      LEFT JOIN [sales].[orders] AS [orders]
        ON [order_lines].[order_id] = [orders].[id]
      LEFT JOIN [sales].[customers] AS [customers]
        ON [orders].[customer_id] = [customers].[id]
      LEFT JOIN [sales].[states] AS [states]
        ON [customers].[uf] = [states].[uf]
      LEFT JOIN [sales].[regions] AS [regions]
        ON [states].[region_id] = [regions].[id]
      WHERE
        [orders].[status] <> 'cancelado'
      GROUP BY
        [regions].[name]
    ) AS [facts]
    GROUP BY
      [facts].[region]
  ) AS [merged]
) AS [ranked]
GROUP BY
  CASE WHEN [ranked].[place__] <= 2 THEN [ranked].[place__] ELSE 3 END
ORDER BY
  CASE WHEN MIN([ranked].[place__]) IS NULL THEN 1 ELSE 0 END, MIN([ranked].[place__]);

-- mysql: top three products by margin rate
SELECT
  `answer`.`product` AS `product`,
  `answer`.`margin_rate` AS `margin_rate`
FROM (
  SELECT
    `products`.`name` AS `product`,
    ROUND(
      CAST(SUM(`order_lines`.`amount` - `order_lines`.`quantity` * `products`.`unit_cost`) AS DECIMAL(38, 10)) / NULLIF(SUM(`order_lines`.`amount`), 0),
      10
    ) AS `margin_rate`
  FROM `sales`.`order_lines` AS `order_lines`
  LEFT JOIN `sales`.`orders` AS `orders`
    ON `order_lines`.`order_id` = `orders`.`id`
  LEFT JOIN `sales`.`products` AS `products`
    ON `order_lines`.`product_id` = `products`.`id`
  LEFT JOIN `sales`.`customers` AS `customers`
    ON `orders`.`customer_id` = `customers`.`id`
  LEFT JOIN `sales`.`states` AS `states`
    ON `customers`.`uf` = `states`.`uf`
  WHERE
    `orders`.`status` <> 'cancelado'
    AND `orders`.`ordered_on` >= CAST('2026-07-01' AS DATE)
    AND `orders`.`ordered_on` <= CAST('2026-09-30' AS DATE)
    AND `states`.`name` IN ('São Paulo', 'Ceará')
    AND (
      `orders`.`channel` IS NULL OR `orders`.`channel` <> 'Portal'
    )
  GROUP BY
    1
) AS `answer`
ORDER BY
  `answer`.`margin_rate` DESC,
  CASE WHEN `answer`.`product` COLLATE utf8mb4_bin IS NULL THEN 1 ELSE 0 END, `answer`.`product` COLLATE utf8mb4_bin ASC
LIMIT 3;

-- mysql: revenue by week against last year
SELECT
  `answer`.`period` AS `period`,
  `answer`.`revenue` AS `revenue`,
  `answer`.`revenue_previous` AS `revenue_previous`,
  `answer`.`revenue_change` AS `revenue_change`
FROM (
  SELECT
    `facts`.`period` AS `period`,
    MAX(`facts`.`revenue`) AS `revenue`,
    MAX(`facts`.`revenue__previous`) AS `revenue_previous`,
    ROUND(
      CAST((
        COALESCE(MAX(`facts`.`revenue`), 0) - MAX(`facts`.`revenue__previous`)
      ) AS DECIMAL(38, 10)) / NULLIF(ABS(MAX(`facts`.`revenue__previous`)), 0),
      10
    ) AS `revenue_change`
  FROM (
    SELECT
      DATE_SUB(`orders`.`ordered_on`, INTERVAL (WEEKDAY(`orders`.`ordered_on`)) DAY) AS `period`,
      SUM(`order_lines`.`amount`) AS `revenue`,
      NULL AS `revenue__previous`
    FROM `sales`.`order_lines` AS `order_lines`
    LEFT JOIN `sales`.`orders` AS `orders`
      ON `order_lines`.`order_id` = `orders`.`id`
    WHERE
      `orders`.`status` <> 'cancelado'
      AND `orders`.`ordered_on` >= CAST('2026-07-01' AS DATE)
      AND `orders`.`ordered_on` <= CAST('2026-09-30' AS DATE)
    GROUP BY
      1
    UNION ALL
    SELECT
      DATE_ADD(
        DATE_SUB(`orders`.`ordered_on`, INTERVAL (WEEKDAY(`orders`.`ordered_on`)) DAY),
        INTERVAL 364 DAY
      ) AS `period`,
      NULL AS `revenue`,
      SUM(`order_lines`.`amount`) AS `revenue__previous`
    FROM `sales`.`order_lines` AS `order_lines`
    LEFT JOIN `sales`.`orders` AS `orders`
      ON `order_lines`.`order_id` = `orders`.`id`
    WHERE
      `orders`.`status` <> 'cancelado'
      AND `orders`.`ordered_on` >= CAST('2025-07-02' AS DATE)
      AND `orders`.`ordered_on` <= CAST('2025-10-01' AS DATE)
    GROUP BY
      1
  ) AS `facts`
  GROUP BY
    1
) AS `answer`
ORDER BY
  CASE WHEN `answer`.`period` IS NULL THEN 1 ELSE 0 END, `answer`.`period` ASC
LIMIT 2001;

-- mysql: two facts by quarter above a threshold
SELECT
  `answer`.`period` AS `period`,
  `answer`.`revenue` AS `revenue`,
  `answer`.`contracts_closed` AS `contracts_closed`
FROM (
  SELECT
    `facts`.`period` AS `period`,
    MAX(`facts`.`revenue`) AS `revenue`,
    COALESCE(MAX(`facts`.`contracts_closed`), 0) AS `contracts_closed`
  FROM (
    SELECT
      MAKEDATE(YEAR(`orders`.`ordered_on`), 1) + INTERVAL (
        QUARTER(`orders`.`ordered_on`) - 1
      ) QUARTER AS `period`,
      SUM(`order_lines`.`amount`) AS `revenue`,
      NULL AS `contracts_closed`
    FROM `sales`.`order_lines` AS `order_lines`
    LEFT JOIN `sales`.`orders` AS `orders`
      ON `order_lines`.`order_id` = `orders`.`id`
    WHERE
      `orders`.`status` <> 'cancelado'
    GROUP BY
      1
    UNION ALL
    SELECT
      MAKEDATE(YEAR(`contracts`.`signed_on`), 1) + INTERVAL (
        QUARTER(`contracts`.`signed_on`) - 1
      ) QUARTER AS `period`,
      NULL AS `revenue`,
      COUNT(*) AS `contracts_closed`
    FROM `sales`.`contracts` AS `contracts`
    GROUP BY
      1
  ) AS `facts`
  GROUP BY
    1
) AS `answer`
WHERE
  `answer`.`revenue` > 1000.5
ORDER BY
  CASE WHEN `answer`.`period` IS NULL THEN 1 ELSE 0 END, `answer`.`period` ASC
LIMIT 2001;

-- mysql: running revenue by month
SELECT
  `answer`.`period` AS `period`,
  `answer`.`revenue` AS `revenue`
FROM (
  SELECT
    `facts`.`period` AS `period`,
    SUM(MAX(`facts`.`revenue`)) OVER (ORDER BY CASE WHEN `facts`.`period` IS NULL THEN 1 ELSE 0 END, `facts`.`period`) AS `revenue`
  FROM (
    SELECT
      CAST(DATE_FORMAT(`orders`.`ordered_on`, '%Y-%m-01') AS DATE) AS `period`,
      SUM(`order_lines`.`amount`) AS `revenue`
    FROM `sales`.`order_lines` AS `order_lines`
    LEFT JOIN `sales`.`orders` AS `orders`
      ON `order_lines`.`order_id` = `orders`.`id`
    WHERE
      `orders`.`status` <> 'cancelado'
    GROUP BY
      1
  ) AS `facts`
  GROUP BY
    1
) AS `answer`
ORDER BY
  CASE WHEN `answer`.`period` IS NULL THEN 1 ELSE 0 END, `answer`.`period` ASC
LIMIT 2001;

-- mysql: best two regions and the rest
SELECT
  CASE WHEN MIN(`ranked`.`place__`) <= 2 THEN MIN(`ranked`.`region`) END AS `region`,
  SUM(`ranked`.`revenue`) AS `revenue`
FROM (
  SELECT
    `merged`.`region` AS `region`,
    `merged`.`revenue` AS `revenue`,
    ROW_NUMBER() OVER (
      ORDER BY `merged`.`revenue` DESC, CASE WHEN `merged`.`region` COLLATE utf8mb4_bin IS NULL THEN 1 ELSE 0 END, `merged`.`region` COLLATE utf8mb4_bin
    ) AS `place__`
  FROM (
    SELECT
      `facts`.`region` AS `region`,
      MAX(`facts`.`revenue`) AS `revenue`
    FROM (
      SELECT
        `regions`.`name` AS `region`,
        SUM(`order_lines`.`amount`) AS `revenue`
      FROM `sales`.`order_lines` AS `order_lines`
      LEFT JOIN `sales`.`orders` AS `orders`
        ON `order_lines`.`order_id` = `orders`.`id`
      LEFT JOIN `sales`.`customers` AS `customers`
        ON `orders`.`customer_id` = `customers`.`id`
      LEFT JOIN `sales`.`states` AS `states`
        ON `customers`.`uf` = `states`.`uf`
      LEFT JOIN `sales`.`regions` AS `regions`
        ON `states`.`region_id` = `regions`.`id`
      WHERE
        `orders`.`status` <> 'cancelado'
      GROUP BY
        1
    ) AS `facts`
    GROUP BY
      1
  ) AS `merged`
) AS `ranked`
GROUP BY
  CASE WHEN `ranked`.`place__` <= 2 THEN `ranked`.`place__` ELSE 3 END
ORDER BY
  CASE WHEN MIN(`ranked`.`place__`) IS NULL THEN 1 ELSE 0 END, MIN(`ranked`.`place__`)
LIMIT 3;
