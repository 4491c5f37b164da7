<?php
// Does with PHP's sessions what it is told: one line of code, one line of answer.
// Without output nothing has been sent, so that ids can be changed and sessions started again and again.

/** Keeps sessions in a table, as frameworks do. */
class TableHandler implements SessionHandlerInterface
{
    private PDO $pdo;

    public function __construct(string $dsn, string $user, string $password, private string $table)
    {
        $this->pdo = new PDO($dsn, $user, $password, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    }

    public function open(string $path, string $name): bool
    {
        return true;
    }

    public function close(): bool
    {
        return true;
    }

    public function read(string $id): string
    {
        $found = $this->pdo->prepare("SELECT data FROM $this->table WHERE id = ? AND expires >= ?");
        $found->execute([$id, time()]);
        return (string) $found->fetchColumn();
    }

    public function write(string $id, string $data): bool
    {
        $expires = time() + (int) ini_get('session.gc_maxlifetime');
        return $this->pdo->prepare("REPLACE INTO $this->table (id, data, expires) VALUES (?, ?, ?)")->execute([$id, $data, $expires]);
    }

    public function destroy(string $id): bool
    {
        return $this->pdo->prepare("DELETE FROM $this->table WHERE id = ?")->execute([$id]);
    }

    public function gc(int $lifetime): int
    {
        return $this->pdo->exec("DELETE FROM $this->table WHERE expires < " . time());
    }
}

if (getenv('SESSION_TABLE')) {
    session_set_save_handler(
        new TableHandler(getenv('SESSION_DSN'), getenv('SESSION_USER'), getenv('SESSION_PASSWORD'), getenv('SESSION_TABLE')),
        true
    );
}

while (($line = fgets(STDIN)) !== false) {
    fwrite(STDOUT, json_encode(eval(json_decode($line))) . "\n");
}
