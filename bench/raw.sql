-- The raw limit: the smallest honest schema that a placed, reserved order needs.
drop schema if exists raw_limit cascade;
create schema raw_limit;
set search_path to raw_limit;
create table customer (id int primary key, name text not null);
create table product (id int primary key, name text not null, price numeric(12, 2) not null);
create table stock (
    product_id int primary key references product,
    on_hand int not null,
    reserved int not null default 0 check (reserved <= on_hand)
) with (fillfactor = 70);
create sequence order_no;
create table orders (
    id bigint generated always as identity primary key,
    number text not null unique,
    customer_id int not null references customer,
    status text not null,
    total numeric(14, 2) not null,
    placed_at timestamptz not null default now()
);
create index on orders (status, placed_at desc);
create index on orders (customer_id, placed_at desc);
create table line (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders,
    product_id int not null references product,
    quantity int not null,
    price numeric(12, 2) not null
);
create index on line (order_id);
create table event (
    id bigint generated always as identity primary key,
    order_id bigint not null references orders,
    name text not null,
    at timestamptz not null default now()
);
create index on event (order_id);
insert into customer select i, 'Customer ' || i from generate_series(1, 1000) i;
insert into product select i, 'Product ' || i, 10 + i % 90 from generate_series(1, 1000) i;
insert into stock select i, 1000000000 from generate_series(1, 1000) i;
analyze customer;
analyze product;
analyze stock;
