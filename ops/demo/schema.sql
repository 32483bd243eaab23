-- The demo company's database: what a distributor's order system would hold.
-- The loader replaces all of it, in one transaction.

DROP SCHEMA IF EXISTS sales CASCADE;
CREATE SCHEMA sales;
SET LOCAL search_path TO sales;

-- What was generated, for which day; the loader compares it before it loads anything.
CREATE TABLE company (
    name text NOT NULL,
    generated_for date NOT NULL,
    seed int NOT NULL,
    generator int NOT NULL
);

CREATE TABLE regions (
    id int PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE states (
    uf char(2) PRIMARY KEY,
    name text NOT NULL UNIQUE,
    region_id int NOT NULL REFERENCES regions
);

CREATE TABLE sellers (
    id int PRIMARY KEY,
    name text NOT NULL UNIQUE,
    region_id int NOT NULL REFERENCES regions,
    hired_on date NOT NULL,
    active bool NOT NULL
);

CREATE TABLE customers (
    id int PRIMARY KEY,
    name text NOT NULL,
    trade_name text NOT NULL UNIQUE,
    cnpj text NOT NULL UNIQUE CHECK (cnpj ~ '^[0-9]{14}$'),
    segment text NOT NULL,
    city text NOT NULL,
    uf char(2) NOT NULL REFERENCES states,
    seller_id int NOT NULL REFERENCES sellers,
    since date NOT NULL
);

CREATE TABLE categories (
    id int PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE products (
    id int PRIMARY KEY,
    sku text NOT NULL UNIQUE,
    name text NOT NULL UNIQUE,
    category_id int NOT NULL REFERENCES categories,
    list_price numeric(12, 2) NOT NULL CHECK (list_price > 0),
    unit_cost numeric(12, 2) NOT NULL CHECK (unit_cost > 0)
);

-- One row is one signed contract; total_value = months * monthly_value.
CREATE TABLE contracts (
    id bigint PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers,
    seller_id int NOT NULL REFERENCES sellers,
    signed_on date NOT NULL,
    starts_on date NOT NULL,
    months int NOT NULL CHECK (months > 0),
    monthly_value numeric(14, 2) NOT NULL,
    total_value numeric(14, 2) NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'ended', 'cancelled'))
);

CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers,
    seller_id int NOT NULL REFERENCES sellers,
    contract_id bigint REFERENCES contracts,
    ordered_on date NOT NULL,
    channel text NOT NULL CHECK (channel IN ('WhatsApp', 'E-mail', 'Telefone', 'Portal')),
    status text NOT NULL CHECK (status IN ('entregue', 'enviado', 'cancelado'))
);

CREATE TABLE order_lines (
    id bigint PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES orders,
    product_id int NOT NULL REFERENCES products,
    quantity int NOT NULL CHECK (quantity > 0),
    unit_price numeric(12, 2) NOT NULL,
    discount numeric(5, 4) NOT NULL CHECK (discount BETWEEN 0 AND 1),
    amount numeric(14, 2) NOT NULL CHECK (amount = round(quantity * unit_price * (1 - discount), 2))
);

CREATE TABLE returns (
    id bigint PRIMARY KEY,
    order_line_id bigint NOT NULL REFERENCES order_lines,
    returned_on date NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    amount numeric(14, 2) NOT NULL,
    reason text NOT NULL
);

CREATE TABLE opportunities (
    id bigint PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers,
    seller_id int NOT NULL REFERENCES sellers,
    stage text NOT NULL CHECK (
        stage IN ('prospecção', 'qualificação', 'proposta', 'negociação', 'ganho', 'perdido')
    ),
    amount numeric(14, 2) NOT NULL,
    opened_on date NOT NULL,
    expected_close_on date NOT NULL,
    closed_on date,
    CHECK ((closed_on IS NOT NULL) = (stage IN ('ganho', 'perdido')))
);

-- What a question about a period, a customer, a seller or a product reads.
CREATE INDEX ON customers (seller_id);
CREATE INDEX ON customers (uf);
CREATE INDEX ON products (category_id);
CREATE INDEX ON contracts (signed_on);
CREATE INDEX ON contracts (customer_id, signed_on);
CREATE INDEX ON contracts (seller_id, signed_on);
CREATE INDEX ON orders (ordered_on);
CREATE INDEX ON orders (customer_id, ordered_on);
CREATE INDEX ON orders (seller_id, ordered_on);
CREATE INDEX ON orders (contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX ON order_lines (order_id);
CREATE INDEX ON order_lines (product_id);
CREATE INDEX ON returns (returned_on);
CREATE INDEX ON returns (order_line_id);
CREATE INDEX ON opportunities (closed_on);
CREATE INDEX ON opportunities (opened_on);
CREATE INDEX ON opportunities (customer_id);
CREATE INDEX ON opportunities (seller_id, stage);
