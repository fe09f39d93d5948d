"""Load tests of a deployed system (docs/app.md): not run by `make test`."""
