-- Prosody under load, as its own documentation advises: https://prosody.im/doc/configure and the pages named below.
-- Words that end in @ are filled in by bench/peers/prosody.ts.

-- https://prosody.im/doc/network_backend: epoll is the one made for many connections.
network_backend = "epoll"
-- The backend's own settings, named and explained in the package's net/server_epoll.lua: write at once, and without waiting
-- for more (Nagle).
network_settings = { opportunistic_writes = true; nagle = false; tcp_backlog = 1024 }
-- Lua's collector for what lives shortly (util/startup.lua of the package); the default took more: docs/benchmarks.md.
gc = { mode = "generational" }

interfaces = { "127.0.0.1" }
c2s_ports = { PORT@ }
s2s_ports = {}
http_ports = {}
https_ports = {}
-- No TLS, on loopback.
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"

data_path = "DATA@"
pidfile = "DATA@/prosody.pid"
daemonize = false
log = { warn = "*console" }

-- No "limits" (https://prosody.im/doc/modules/mod_limits): nothing slows a client down.
modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "presence"; "message"; "iq"; "c2s"; "mam"; "smacks" }
modules_disabled = { "s2s"; "tls"; "limits" }

-- https://prosody.im/doc/modules/mod_mam: the archive, for everybody and always; it is what goes to SQL
-- (https://prosody.im/doc/storage). Accounts are files, which spares it their queries.
default_archive_policy = true
archive_expires_after = "never"
storage = { archive = "sql" }
-- A folder as host: libpq takes the Unix socket, which costs less than TCP.
sql = { driver = "PostgreSQL"; database = "prosody"; username = "sotto"; password = ""; host = "SOCKET@"; port = DATABASE_PORT@ }
sql_manage_tables = true

VirtualHost "localhost"
