-- The shop's data, the same on every load: 2,400 books made by MariaDB's sequence tables.
-- Load it after schema.sql. reader@example.com and zoe@example.com have the password "secret",
-- admin@example.com has "counter".

SET NAMES utf8mb4;
-- Zero dates must load, whatever the server's own sql_mode is.
SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION';
SET SESSION group_concat_max_len = 65536;

INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES
(1, 'reader@example.com', 'Ada Reader', 'customer', '$2y$10$/YqaV/LGEQk1vXDgRGNa1OdbxGoD1Ns74UiqHSl5yvJAqhG8hDfCa', '2009-02-14 18:30:00'),
(2, 'admin@example.com', 'Ines Buchholz', 'admin', '$2y$10$y9aNkf3B41/7ZLJcoMLtUeCl7JGaAzuZgwBAowwvXyJUCYBvAzdHe', '2008-11-03 09:00:00'),
(3, 'zoe@example.com', 'Zoë O''Brien & Söhne', 'customer', '$2y$10$/YqaV/LGEQk1vXDgRGNa1OdbxGoD1Ns74UiqHSl5yvJAqhG8hDfCa', '2011-07-29 22:15:10');

-- Customers of the old shop, who have no password here.
INSERT INTO users (id, email, name, role, password_hash, created_at)
SELECT seq, CONCAT('customer', seq, '@example.com'),
       ELT(1 + MOD(seq, 12), 'Bernd', 'Chloé', 'Dmitri', 'Eva', 'François', 'Greta', 'Hatice', 'Igor', 'Jürgen', 'Käthe', 'Leïla', 'M. Ø.'),
       'customer', '!', '2008-11-03 09:00:00' + INTERVAL seq DAY
  FROM seq_4_to_40;

INSERT INTO categories (id, slug, name, blurb, position) VALUES
(1, 'fiction', 'Fiction', 'Novels we would lend to friends.', 10),
(2, 'crime', 'Crime', 'For long evenings and locked doors.', 20),
(3, 'science-fiction', 'Science Fiction', 'Yesterday''s futures and tomorrow''s.', 30),
(4, 'history', 'History', 'What happened, and who says so.', 40),
(5, 'travel', 'Travel & Maps', 'Far away, and back by supper.', 50),
(6, 'cooking', 'Cooking', 'Books with sauce on them.', 60),
(7, 'children', 'Children', 'To be read aloud, in voices.', 70),
(8, 'poetry', 'Poetry', 'Short lines, long thoughts.', 80),
(9, 'deutsch', 'Bücher auf Deutsch', 'Für Leser, die Umlaute schätzen.', 90);

INSERT INTO publishers (id, name, city) VALUES
(1, 'Müller & Söhne', 'Köln'), (2, 'Éditions Gallœt', 'Orléans'), (3, 'Banyan Press', 'London'),
(4, 'Casa Ñandú', 'Málaga'), (5, 'Fjällräven Bok', 'Malmö'), (6, 'O''Leary Books', 'Dublin'),
(7, 'Nová Revue', 'Brno'), (8, 'Verlag am Fluß', 'Gießen'), (9, 'Tipografia São João', 'Évora'),
(10, 'Kastanie Verlag', 'Berlin'), (11, 'Ponte d''Oro', 'Forlì'), (12, 'Two Kettles', 'Leeds'),
(13, 'Ærø Forlag', 'Århus'), (14, 'L’Été', 'Besançon'), (15, 'Half € Paperbacks', 'Wien'),
(16, 'Garçon Frères', 'Liège');

CREATE TEMPORARY TABLE seed_sentences (id INT PRIMARY KEY, body VARCHAR(250) NOT NULL) DEFAULT CHARSET=utf8mb4;
INSERT INTO seed_sentences VALUES
(0, 'A quiet book that stays with you longer than most loud ones.'),
(1, 'It begins with a letter that arrives eleven years late, and nobody in the house remembers who was meant to answer it.'),
(2, 'The author grew up above a bakery in Würzburg, and you can smell it on every page.'),
(3, 'We have sold more copies of this than of any other book on the shelf by the window.'),
(4, 'Translated with great care; the jokes survive, which is rarer than it sounds.'),
(5, 'Paul finished it in one night and was late for work, which in his case means the shop opened at noon.'),
(6, 'There is a map inside the cover, a family tree at the end, and a recipe for plum cake somewhere around page 90.'),
(7, 'Critics called it "difficult"; our customers call it the one they give to their sisters.'),
(8, 'Not for readers who need to know on page one who did it, when, why & with which umbrella.'),
(9, 'The paper is good, the type is large enough for trains, and the binding has survived our dog.'),
(10, 'Every chapter is told by another neighbour, and each of them is a little bit wrong about the others.'),
(11, 'First printed in a run of three hundred, then forgotten, then found again in a box at a flea market in Liège.'),
(12, 'You will want to underline things. Please buy it first.'),
(13, 'The middle part is slow, as rivers are slow, and then it is suddenly over and you are at the sea.'),
(14, 'It won a small prize whose jury has since fallen out over it.'),
(15, 'What looks like a story about a house turns out to be one about everybody who ever left it.'),
(16, 'Ines says that the ending is perfect. Paul says that there is no ending. They have agreed to sell it anyway.'),
(17, 'With forty drawings in ink, of which the one with the heron is alone worth the price.'),
(18, 'The new edition has an afterword, a better translation of chapter six, and fewer misprints than the old one.'),
(19, 'Read it before the film, which has been announced every spring since 2007.'),
(20, 'A generous, funny, slightly crooked book, like the staircase it is named after.'),
(21, 'It costs less than a bad lunch and lasts much longer.'),
(22, 'Somewhere between a diary and a detective story, and better company than either.'),
(23, 'If you liked the one about the lighthouse keeper''s daughter, this is by the lighthouse keeper''s daughter.');

INSERT INTO products (id, legacy_id, ean, category_id, publisher_id, title, subtitle, author, description, price, old_price,
                      pages, is_available, is_featured, stock, cover, published_on, created_at)
SELECT
    n,
    9007199254740992 + n,
    9780000000000 + n * 3571 + 17,
    category,
    IF(MOD(n, 29) = 5, NULL, 1 + MOD(n * 11, 16)),
    ELT(category,
        CONCAT('The ', adjective, ' ', noun),
        CONCAT('Death in ', place, ': The ', noun, ' Affair'),
        CONCAT(noun, 's Beyond ', place),
        CONCAT('A History of the ', noun, ' in ', place),
        CONCAT('Walking to ', place, ' by Way of the ', noun),
        CONCAT('Cooking with ', food, ' in ', place),
        CONCAT(child, ' and the ', adjective, ' ', noun),
        CONCAT(adjective, ' ', noun, ': Poems'),
        CONCAT('Über ', place, ' nach ', place2)),
    IF(MOD(n, 5) = 3, ELT(1 + MOD(n, 4), 'A novel in letters', 'New edition', 'With maps & drawings', 'The "lost" manuscript'), NULL),
    CONCAT(first_name, ' ', last_name),
    (SELECT TRIM(TRAILING '\n\n' FROM RTRIM(GROUP_CONCAT(
                CONCAT(s.body, IF(MOD(s.id, 5) = 0, '\n\n', ' ')) ORDER BY MOD(s.id * 7 + n, 24), s.id SEPARATOR '')))
       FROM seed_sentences s
      WHERE MOD(s.id * 5 + n, 24) < 3 + MOD(n * 7, 20)),
    4.90 + MOD(n * 37, 61) * 0.50,
    IF(MOD(n, 7) = 2, 9.90 + MOD(n * 37, 61) * 0.50, NULL),
    IF(MOD(n, 11) = 4, NULL, 48 + MOD(n * 53, 1100)),
    IF(MOD(n, 13) = 6, 0, 1),
    IF(MOD(n, 199) = 7, 1, 0),
    IF(MOD(n, 13) = 6, 0, 2 + MOD(n * 17, 90)),
    CONCAT('covers/cover-', LPAD(1 + MOD(n * 7 + n DIV 9, 12), 2, '0'), '.svg'),
    CASE WHEN MOD(n, 17) = 3 THEN '0000-00-00'
         WHEN MOD(n, 19) = 8 THEN NULL
         ELSE DATE('1994-03-01') + INTERVAL MOD(n * 41, 7300) DAY END,
    TIMESTAMP('2008-11-03 10:00:00') + INTERVAL n * 1013 MINUTE
FROM (
    SELECT seq AS n, 1 + MOD(seq, 9) AS category,
        ELT(1 + MOD(seq DIV 9, 20), 'Silent', 'Last', 'Crooked', 'Winter', 'Invisible', 'Borrowed', 'Second', 'Paper', 'Green', 'Forgotten',
            'Glass', 'Patient', 'Northern', 'Little', 'Unfinished', 'Golden', 'Wandering', 'Hollow', 'Midnight', 'Honest') AS adjective,
        ELT(1 + MOD(seq DIV 9 * 5 + seq DIV 180 + seq, 24), 'Fig Tree', 'Lighthouse', 'Staircase', 'Clockmaker', 'River', 'Kettle', 'Orchard', 'Bridge',
            'Violin', 'Heron', 'Ferryman', 'Window', 'Archive', 'Garden', 'Compass', 'Umbrella', 'Cartographer', 'Banyan', 'Letter',
            'Snowfall', 'Bookseller', 'Harbour', 'Comet', 'Beekeeper') AS noun,
        ELT(1 + MOD(seq DIV 9 + seq * 9, 20), 'Lisbon', 'Tübingen', 'Kraków', 'Bergen', 'Trieste', 'Malmö', 'Orléans', 'Prague', 'São Tomé', 'Ghent',
            'Zürich', 'Cork', 'Tbilisi', 'Valparaíso', 'Hull', 'Odessa', 'Galway', 'Ålesund', 'Leipzig', 'the Moon') AS place,
        ELT(1 + MOD(seq * 11 + 4, 17), 'Görlitz', 'Basel', 'Łódź', 'Wien', 'Rügen', 'Hause', 'Osnabrück', 'Tromsø', 'Paris', 'Meißen',
            'Graz', 'Fürth', 'Riga', 'Köln', 'Jena', 'Irgendwo', 'Süden') AS place2,
        ELT(1 + MOD(seq DIV 9 * 3 + seq DIV 180, 16), 'Figs', 'Plums', 'Rye', 'Leeks', 'Crème Fraîche', 'Smoke', 'Beetroot', 'Honey', 'Almonds', 'Jalapeños',
            'Oats', 'Quinces', 'Salt', 'Herring', 'Dill', 'Leftovers') AS food,
        ELT(1 + MOD(seq * 5, 14), 'Mathilda', 'Björn', 'Anouk', 'Timo', 'Zoë', 'Emil', 'Fräulein Maus', 'Pim', 'Olga', 'Captain Rosa',
            'Henri', 'Ida', 'Moritz', 'Yuki') AS child,
        ELT(1 + MOD(seq * 17, 23), 'Anna', 'José', 'Ingrid', 'Tomás', 'Renée', 'Mikhail', 'Aoife', 'Günter', 'Chiara', 'Samuel', 'Zofia',
            'Noël', 'Hélène', 'Peter', 'Maja', 'Ibrahim', 'Lena', 'Åsa', 'Walter', 'Dolores', 'Kenji', 'Ruth', 'Vincent') AS first_name,
        ELT(1 + MOD(seq * 19 + seq DIV 23, 27), 'Weber', 'O''Connor', 'García', 'Lindström', 'Dupont', 'Nowak', 'Müller', 'Rossi', 'Petrov',
            'Håkansson', 'de la Cruz', 'Fischer', 'Kowalczyk', 'Brontë', 'Tanaka', 'Smith', 'Øvergård', 'Novák', 'Figueiredo', 'Baker',
            'Schäfer', 'Martin', 'Ó Briain', 'Yılmaz', 'Clarke', 'Santos', 'Vogel') AS last_name
      FROM seq_1_to_2400
) AS made
ORDER BY n;

-- Books that customers ask for by name.
UPDATE products SET title = 'The Fig Tree on Kastanienallee', author = 'Ines Buchholz', is_available = 1, stock = 40 WHERE id = 7;
UPDATE products SET title = 'C & C++ <for> "Gardeners"', subtitle = 'It''s a joke & a manual', author = 'Aoife O''Connor' WHERE id = 13;
UPDATE products SET title = '100% Wool', subtitle = NULL, author = 'Åsa Håkansson' WHERE id = 21;
UPDATE products SET title = 'snake_case and Other Poems', author = 'Samuel Baker' WHERE id = 35;
UPDATE products SET title = 'Lost in São Tomé 🌴', author = 'José Figueiredo' WHERE id = 42;
UPDATE products SET title = 'The Back\\slash Murders', author = 'Ruth Clarke' WHERE id = 56;
UPDATE products SET description = 'A short one.' WHERE id = 2;
UPDATE products SET stock = 1, is_available = 1 WHERE id = 9;

INSERT INTO reviews (product_id, user_id, author, rating, body, created_at)
SELECT p.seq, u.id, u.name,
    ELT(1 + MOD(p.seq * 3 + r.seq * 7, 8), 5, 4, 5, 3, 4, 5, 2, 1),
    ELT(1 + MOD(p.seq * 7 + r.seq * 5, 12),
        'Lovely. I read it twice and gave it away three times.',
        'Arrived quickly, well packed.\nThe book itself is fine, too.',
        'My daughter wants it every evening, <b>every</b> evening.',
        'I expected more figs.',
        'Très beau livre, même si la traduction hésite parfois. À lire près d''une fenêtre.',
        'The first hundred pages are the best hundred pages I read this year; the rest is "good enough" & I do not regret it.',
        'Leider fehlten bei meinem Exemplar die Seiten 33 bis 48. Der Laden hat es sofort umgetauscht, großes Lob!',
        'Ok.',
        'A present for my father, who has not said a word since Sunday. He is reading.',
        'Too long by half, and I would not miss a word of it.',
        'Überraschend. Schön. Ein bisschen traurig.\n\nWürde ich wieder kaufen.',
        'I don''t understand the ending 🤔 but I liked the dog.'),
    TIMESTAMP('2009-03-01 08:15:00') + INTERVAL (p.seq * 1367 + r.seq * 71993) MINUTE
  FROM seq_1_to_2400 p
  JOIN seq_1_to_7 r ON r.seq <= MOD(p.seq * 5, 8)
  JOIN users u ON u.id = 4 + MOD(p.seq * 3 + r.seq, 37)
 ORDER BY p.seq, r.seq;

UPDATE products p
  JOIN (SELECT product_id, COUNT(*) AS n, SUM(rating) AS total FROM reviews GROUP BY product_id) r ON r.product_id = p.id
   SET p.review_count = r.n, p.rating_total = r.total;

INSERT INTO orders (id, user_id, address, total, status, created_at) VALUES
(1, 1, 'Ada Reader\nTorstraße 1\n10119 Berlin', 0, 'sent', '2010-12-20 11:58:00'),
(2, 3, 'Zoë O''Brien\nRue de l''Été 3\nLiège', 0, 'sent', '2013-03-31 03:00:01'),
(3, 1, 'Ada Reader\nTorstraße 1\n10119 Berlin', 0, 'new', '2014-10-26 02:30:00');
INSERT INTO order_items (order_id, product_id, qty, price)
SELECT o.order_id, p.id, o.qty, p.price
  FROM (SELECT 1 AS order_id, 7 AS product_id, 1 AS qty UNION ALL SELECT 1, 42, 2 UNION ALL SELECT 2, 13, 1 UNION ALL SELECT 3, 35, 3) o
  JOIN products p ON p.id = o.product_id;
UPDATE orders o SET total = (SELECT SUM(i.qty * i.price) FROM order_items i WHERE i.order_id = o.id);

DROP TEMPORARY TABLE seed_sentences;
