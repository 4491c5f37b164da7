-- The shop's tables. The caller has selected the database.

SET NAMES utf8mb4;
SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION';

DROP TABLE IF EXISTS order_items, orders, reviews, products, publishers, categories, users;

CREATE TABLE users (
    id            INT UNSIGNED NOT NULL AUTO_INCREMENT,
    email         VARCHAR(190) NOT NULL,
    name          VARCHAR(100) NOT NULL,
    role          VARCHAR(20)  NOT NULL DEFAULT 'customer',
    password_hash VARCHAR(255) NOT NULL,
    created_at    DATETIME     NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE categories (
    id       INT UNSIGNED NOT NULL AUTO_INCREMENT,
    slug     VARCHAR(40)  NOT NULL,
    name     VARCHAR(60)  NOT NULL,
    blurb    VARCHAR(200) NOT NULL,
    position INT          NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY slug (slug)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Came with the first version of the shop, from 2008, and was never converted.
CREATE TABLE publishers (
    id   INT UNSIGNED NOT NULL AUTO_INCREMENT,
    name VARCHAR(100) NOT NULL,
    city VARCHAR(60)  NOT NULL,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;

CREATE TABLE products (
    id           INT UNSIGNED     NOT NULL AUTO_INCREMENT,
    legacy_id    BIGINT UNSIGNED  NOT NULL,
    ean          BIGINT UNSIGNED  NOT NULL,
    category_id  INT UNSIGNED     NOT NULL,
    publisher_id INT UNSIGNED     DEFAULT NULL,
    title        VARCHAR(200)     NOT NULL,
    subtitle     VARCHAR(200)     DEFAULT NULL,
    author       VARCHAR(120)     NOT NULL,
    description  TEXT             NOT NULL,
    price        DECIMAL(8,2)     NOT NULL,
    old_price    DECIMAL(8,2)     DEFAULT NULL,
    pages        SMALLINT UNSIGNED DEFAULT NULL,
    is_available TINYINT(1)       NOT NULL DEFAULT 1,
    is_featured  TINYINT(1)       NOT NULL DEFAULT 0,
    stock        INT              NOT NULL DEFAULT 0,
    review_count INT              NOT NULL DEFAULT 0,
    rating_total INT              NOT NULL DEFAULT 0,
    cover        VARCHAR(60)      NOT NULL,
    published_on DATE             DEFAULT NULL,
    created_at   DATETIME         NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY legacy_id (legacy_id),
    KEY category_title (category_id, title),
    KEY created_at (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE reviews (
    id         INT UNSIGNED NOT NULL AUTO_INCREMENT,
    product_id INT UNSIGNED NOT NULL,
    user_id    INT UNSIGNED NOT NULL,
    author     VARCHAR(100) NOT NULL,
    rating     TINYINT      NOT NULL,
    body       TEXT         NOT NULL,
    created_at DATETIME     NOT NULL,
    PRIMARY KEY (id),
    KEY product_created (product_id, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE orders (
    id         INT UNSIGNED  NOT NULL AUTO_INCREMENT,
    user_id    INT UNSIGNED  NOT NULL,
    address    VARCHAR(500)  NOT NULL,
    total      DECIMAL(10,2) NOT NULL,
    status     VARCHAR(20)   NOT NULL,
    created_at DATETIME      NOT NULL,
    PRIMARY KEY (id),
    KEY user_id (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE order_items (
    order_id   INT UNSIGNED NOT NULL,
    product_id INT UNSIGNED NOT NULL,
    qty        INT          NOT NULL,
    price      DECIMAL(8,2) NOT NULL,
    PRIMARY KEY (order_id, product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
