# Where the API is. The only file here that has to be edited; default.vcl includes it.
backend api {
    .host = "127.0.0.1";
    .port = "3000";
    .connect_timeout = 1s;
    # The API ends its own work after REQUEST_DEADLINE_MS (5 s).
    .first_byte_timeout = 8s;
    .between_bytes_timeout = 5s;
    .max_connections = 500;
}
