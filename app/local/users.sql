-- The services' own users of the local stack (compose.yaml); `migrate` gives them their rights.
CREATE ROLE api LOGIN PASSWORD 'local-only';
CREATE ROLE worker LOGIN PASSWORD 'local-only';
